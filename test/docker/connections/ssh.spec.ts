import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { SpawnCommandRunner } from '../../../src/command/spawn-command-runner.js';
import type { Variables } from '../../../src/config/environment.js';
import { TWO_DOCKER_CLIS, NO_SSH } from '../../support/vitest/docker-availability.js';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { SshServer } from '../../support/engines/ssh-server.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { bootApp, type TestApp } from '../../support/service/test-app.js';

/** The command that every ssh of docker runs on the host. */
const DIAL = 'docker system dial-stdio';

describe.skipIf(NO_SSH).each(TWO_DOCKER_CLIS)('Service with a Docker host behind ssh, through %s', (cli) => {
  const engine = new DockerEngine();
  const server = new SshServer(engine.host);

  beforeAll(async () => {
    await Promise.all([engine.start(), server.start()]);
    await engine.runContainer('web-1', 'sleep 1000');
  });
  afterAll(async () => {
    await server.destroy();
    await engine.destroy();
  });
  beforeEach(() => server.reset());

  /** Boots the service for one test. The `ssh` of the server comes first on the `PATH`, after `folder`. */
  async function boot(env: Variables = {}, folder = ''): Promise<TestApp<SpawnCommandRunner>> {
    const PATH = `${folder === '' ? '' : `${folder}:`}${server.bin}:${process.env['PATH']}`;
    const docker = { DOCKER_BIN: cli, DOCKER_HOST: server.host, DOCKER_TIMEOUT_MS: '30000', PATH };
    const test = await bootApp(
      { ...docker, HEALTH_TIMEOUT_MS: '20000', ...env },
      { runner: new SpawnCommandRunner() },
    );
    onTestFinished(() => test.app.close());
    return test;
  }

  it('returns the containers of the host', async () => {
    const { get } = await boot();
    expect((await get('/stats').expect(200)).body).toMatchObject([{ name: 'web-1' }]);
    await get('/health/ready').expect(200);
  });

  it('returns the containers with a key that can only run docker system dial-stdio', async () => {
    server.authorize(`restrict,command="${DIAL}"`);
    const { get } = await boot();
    expect((await get('/stats').expect(200)).body).toMatchObject([{ name: 'web-1' }]);
    expect(server.run('127.0.0.1', 'id')).not.toContain('uid=');
  });

  it('returns the containers of the host that a docker context names', async () => {
    const { path: DOCKER_CONFIG } = new TemporaryFolder();
    execFileSync(cli, ['context', 'create', 'web1', '--docker', `host=${server.host}`], {
      env: { DOCKER_CONFIG },
    });
    const { get } = await boot({ DOCKER_HOST: undefined, DOCKER_CONTEXT: 'web1', DOCKER_CONFIG });
    expect((await get('/stats').expect(200)).body).toMatchObject([{ name: 'web-1' }]);
  });

  it('logs in to the host once, not once for each request of docker, when ssh shares its connection', async () => {
    const { get } = await boot();
    const before = server.logins;
    await get('/stats').expect(200);
    const alone = server.logins - before;
    server.shareConnection();
    await get('/stats').set('Cache-Control', 'no-cache').expect(200);
    await get('/stats').set('Cache-Control', 'no-cache').expect(200);
    server.endSharedConnection();
    expect(alone).toBeGreaterThan(2);
    expect(server.logins - before - alone).toBe(1);
  });

  describe('GET /stats when ssh fails returns docker_unreachable with the reason, and leaves no ssh', () => {
    it.each<[string, () => unknown, RegExp]>([
      [
        'the host does not accept the key',
        () => server.useKey('other'),
        /^Error: ssh: .*Permission denied \(publickey\)/,
      ],
      [
        'the key has a passphrase',
        () => server.useKey('locked'),
        /^Error: ssh: .*Permission denied \(publickey\)/,
      ],
      [
        'the host key is unknown',
        () => server.knowHostKey(undefined),
        /^Error: ssh: .*Host key verification failed/,
      ],
      [
        'the host key has changed',
        () => server.knowHostKey('other'),
        /^Error: ssh: .*known_hosts:1 .*has changed .*Host key verification failed/,
      ],
      [
        'docker is not installed on the host',
        () => server.authorize('command="PATH=/nowhere; $SSH_ORIGINAL_COMMAND"'),
        /^Error: ssh: .*docker: command not found/,
      ],
      [
        'the daemon of the host does not run',
        () => server.authorize(`command="DOCKER_HOST=unix:///nowhere ${DIAL}"`),
        /^Error: The docker CLI on the Docker host cannot use its daemon/,
      ],
      [
        'the user on the host may not use the daemon',
        () => server.authorize(`command="setpriv --reuid=65534 --regid=65534 --clear-groups ${DIAL}"`),
        /^Error: The docker CLI on the Docker host cannot use its daemon/,
      ],
    ])('%s', async (_title, prepare, message) => {
      prepare();
      const { get } = await boot();
      expect((await get('/stats').expect(500)).body).toMatchObject({
        code: 'docker_unreachable',
        message: expect.stringMatching(message) as string,
      });
      await expect.poll(() => server.clients).toEqual([]);
    });

    it.each([
      ['no host has this name', 'ssh://no-such-host.invalid', /^Error: ssh: .*Could not resolve hostname/],
      ['the host refuses the connection', 'ssh://127.0.0.1:1', /^Error: ssh: .*Connection refused/],
    ])('%s', async (_title, DOCKER_HOST, message) => {
      const { get } = await boot({ DOCKER_HOST });
      expect((await get('/stats').expect(500)).body).toMatchObject({
        code: 'docker_unreachable',
        message: expect.stringMatching(message) as string,
      });
      await expect.poll(() => server.clients).toEqual([]);
    });
  });

  describe('GET /stats when the host accepts connections and then says nothing', () => {
    let silent: Server;
    const sockets: Socket[] = [];
    let DOCKER_HOST: string;
    beforeEach(async () => {
      silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      DOCKER_HOST = `ssh://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    });
    afterEach(() => {
      sockets.forEach((socket) => socket.destroy());
      silent.close();
    });

    it('returns docker_timeout at the deadline, and leaves no ssh', async () => {
      const { get } = await boot({ DOCKER_HOST, DOCKER_TIMEOUT_MS: '1500' });
      expect((await get('/stats').expect(500)).body).toMatchObject({ code: 'docker_timeout' });
      await expect.poll(() => server.clients).toEqual([]);
    });

    it('returns docker_unreachable with the reason before the deadline, with the ssh of deploy/ssh', async () => {
      const { get } = await boot({ DOCKER_HOST }, resolve('deploy/ssh'));
      expect((await get('/stats').expect(500)).body).toMatchObject({
        code: 'docker_unreachable',
        message: expect.stringMatching(/^Error: ssh: .*timed out/) as string,
      });
    });
  });
});
