import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { SpawnCommandRunner } from '../../src/command/spawn-command-runner.js';
import { DOCKER_CLIS, NO_SOCKET_PROXY } from '../support/docker-availability.js';
import { DockerEngine } from '../support/docker-engine.js';
import { documentedCalls } from './documented-calls.js';
import { RecordingSocket } from './recording-socket.js';
import { SocketProxy } from './socket-proxy.js';
import { bootApp, type TestApp } from '../support/test-app.js';
import { sendRaw } from './unix-http.js';

const ID = 'a'.repeat(64);
const ALLOWED = 'GET /v1.41/version';

/** Other calls of the engine's API: what they would give away, or change. */
const OTHER_CALLS = [
  'GET /_ping',
  'GET /info',
  'GET /v1.41/info',
  'GET /v1.41/events',
  'GET /v1.41/events?filters=%7B%22type%22%3A%7B%22container%22%3Atrue%7D%7D',
  'GET /version',
  'GET /containers/json',
  'GET /v1.41/containers/json?size=1',
  'GET /v1.41/containers/json?all=1&size=1',
  'GET /v1.41/containers/json?all=1&filters=%7B%7D',
  `GET /v1.41/containers/${ID}/stats`,
  `GET /v1.41/containers/${ID}/stats?stream=1`,
  `GET /v1.41/containers/${ID}/stats?stream=0&stream=1`,
  'GET /v1.41/containers/holder/stats?stream=0',
  'GET /v1.41/containers/holder/json',
  `GET /v1.41/containers/${ID}/json`,
  `GET /v1.41/containers/${ID}/archive?path=/etc`,
  `GET /v1.41/containers/${ID}/export`,
  `GET /v1.41/containers/${ID}/logs?stdout=1`,
  `GET /v1.41/containers/${ID}/top`,
  `GET /v1.41/containers/${ID}/changes`,
  `GET /v1.41/containers/${ID}/attach/ws`,
  `GET /v1.41/exec/${ID}/json`,
  'GET /v1.41/images/json',
  'GET /v1.41/images/test-busybox/get',
  'GET /v1.41/images/search?term=x',
  'GET /v1.41/distribution/x/json',
  'GET /v1.41/volumes',
  'GET /v1.41/networks',
  'GET /v1.41/plugins',
  'GET /v1.41/secrets',
  'GET /v1.41/configs',
  'GET /v1.41/swarm',
  'GET /v1.41/nodes',
  'GET /v1.41/services',
  'GET /v1.41/tasks',
  'GET /v1.41/system/df',
  'GET /debug/pprof/',
  'HEAD /v1.41/containers/json',
  `HEAD /v1.41/containers/${ID}/archive?path=/etc`,
  'POST /_ping',
  'POST /v1.41/version',
  'POST /v1.41/containers/create',
  `POST /v1.41/containers/${ID}/start`,
  `POST /v1.41/containers/${ID}/kill`,
  `POST /v1.41/containers/${ID}/exec`,
  'POST /v1.41/containers/prune',
  'POST /v1.41/build',
  'POST /v1.41/auth',
  'POST /v1.41/commit',
  'POST /v1.41/images/create?fromImage=x',
  'POST /v1.41/swarm/init',
  'POST /session',
  'POST /grpc',
  `PUT /v1.41/containers/${ID}/archive?path=/`,
  `DELETE /v1.41/containers/${ID}`,
  'DELETE /v1.41/images/test-busybox',
  'PATCH /v1.41/containers/json',
  'OPTIONS /v1.41/containers/json',
  'OPTIONS *',
  'TRACE /v1.41/version',
  'get /v1.41/version',
];

/** Allowed paths, bent so that the engine could take them for others. */
const BENT_PATHS = [
  '//v1.41/containers/json',
  '/v1.41//containers/json',
  '/v1.41/containers/json/',
  '/v1.41/./containers/json',
  '/v1.41/info?/v1.41/version',
  '/v1.41/version?/../info',
  '/v1.41/version/../containers/holder/json',
  '/v1.41/version/%2e%2e/containers/holder/json',
  '/v1.41%2fcontainers%2fjson',
  '/v1.41/containers%2fjson',
  '/%761.41/containers/json',
  `/v1.41/containers/${ID}%2fjson%3f/stats?stream=0`,
  `/v1.41/containers/${ID}/json?/stats?stream=0`,
  `/v1.41/containers/${ID}/json;/stats?stream=0`,
  `/v1.41/containers/${ID}/../holder/json?stream=0`,
  `/v1.41/containers/..%2f${ID}/stats?stream=0`,
  '/v1.41\\containers\\json',
  '/v1.41/containers/json?all=1?',
  '/v1.41/containers/json?all=1%00',
  '/V1.41/containers/json',
  '/v1.41/Containers/json',
  '/v1.41/v1.41/containers/json',
  '/v.41/containers/json',
  '/v1.41.1/containers/json',
  '/v2.0/containers/json',
  '/v1.99999999999999999999/containers/json',
  'http://docker/v1.41/containers/json',
  'http://docker/v1.41/containers/create#/v1.41/version',
  '/v1.41/containers/json#',
  'x:/v1.41/containers/json',
  '*',
];

/** An allowed call, in a form that leaves in doubt where it ends, or what comes after it. */
const DOUBTFUL_REQUESTS: Record<string, string> = {
  'a body': `${ALLOWED} HTTP/1.1\r\nHost: d\r\nContent-Length: 5\r\n\r\nPOST `,
  'an empty body': `${ALLOWED} HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n`,
  'two lengths': `${ALLOWED} HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nPOST `,
  chunks: `${ALLOWED} HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunks and a length': `${ALLOWED} HTTP/1.1\r\nHost: d\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'an unknown coding': `${ALLOWED} HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  'a space before the colon': `${ALLOWED} HTTP/1.1\r\nHost: d\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  'a bare carriage return': `${ALLOWED} HTTP/1.1\r\nHost: d\rTransfer-Encoding: chunked\r\n\r\n`,
  'a NUL in the path': `${ALLOWED}\0 HTTP/1.1\r\nHost: d\r\n\r\n`,
  'a line break in the path': `${ALLOWED}\nX: HTTP/1.1\r\nHost: d\r\n\r\n`,
  'two paths': `${ALLOWED} /v1.41/info HTTP/1.1\r\nHost: d\r\n\r\n`,
  'a tab after the method': `GET\t/v1.41/info HTTP/1.1\r\nHost: d\r\n\r\n`,
  'an upgrade to HTTP/2': `${ALLOWED} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
  'an upgrade to anything': `${ALLOWED} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
  'a tunnel': 'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n',
  'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
  'HTTP/0.9': `${ALLOWED}\r\n\r\n`,
  'HTTP/1.0 and a body': `${ALLOWED} HTTP/1.0\r\nContent-Length: 5\r\n\r\nPOST `,
  'the PROXY protocol': `PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n${ALLOWED} HTTP/1.1\r\nHost: d\r\n\r\n`,
  'no HTTP': 'SSH-2.0-OpenSSH_9\r\n',
};

/** 403, or the proxy's own word for what is no proper request. */
const REFUSAL = expect.toSatisfy((status) => [400, 403, 413].includes(status as number)) as number;

function request(call: string): string {
  return `${call} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n`;
}

function statusesIn(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1\.[01] (\d+)/gm)].map(([, status]) => Number(status));
}

describe.skipIf(NO_SOCKET_PROXY)('the socket proxy', () => {
  let engine: DockerEngine;
  let recording: RecordingSocket;
  let proxy: SocketProxy;

  beforeAll(async () => {
    engine = new DockerEngine();
    await engine.start();
    recording = new RecordingSocket(engine.host);
    await recording.start();
    proxy = new SocketProxy(recording.host);
    await Promise.all([
      proxy.start(),
      engine.runContainer('busy', 'while :; do :; done', '--cpus', '0.2'),
      engine.runContainer(
        'holder',
        'dd if=/dev/zero of=/hold/50 bs=1M count=50; sleep 1000',
        '--tmpfs',
        '/hold',
      ),
      engine.runContainer('stopped', 'true'), // has the service ask `docker ps`
    ]);
  });
  afterAll(async () => {
    await proxy.destroy();
    recording.destroy();
    await engine.destroy();
  });
  beforeEach(() => (recording.heard = ''));

  describe.each(DOCKER_CLIS)('for %s', (cli) => {
    let test: TestApp<SpawnCommandRunner>;

    /** Boots the service over a proxy. */
    function boot({ host }: SocketProxy): Promise<TestApp<SpawnCommandRunner>> {
      const env = { DOCKER_BIN: cli, DOCKER_HOST: host, DOCKER_TIMEOUT_MS: '6000', HEALTH_CACHE_MS: '0' };
      return bootApp(env, { runner: new SpawnCommandRunner() });
    }

    beforeEach(async () => {
      test = await boot(proxy);
    });
    afterEach(() => test.app.close());

    it('passes what the service needs, and the engine hears nothing else', async () => {
      expect(await test.get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
      const { status, body } = await test.get('/stats?view=full');
      expect(status).toBe(200);
      expect(body).toMatchObject({ containers: [{ name: 'busy' }, { name: 'holder' }], skipped: [] });
      const [busy, holder] = (body as { containers: { cpuUsage: number; memoryUsage: number }[] }).containers;
      expect(busy?.cpuUsage).toBeGreaterThan(12);
      expect(busy?.cpuUsage).toBeLessThan(28);
      expect(holder?.memoryUsage).toBeGreaterThan(50);
      expect(holder?.memoryUsage).toBeLessThan(56);
      const needed = documentedCalls().filter(({ isNeeded }) => isNeeded);
      expect(recording.calls).toEqual(needed.map(({ call }) => call).toSorted());
    });

    it('leaves an engine that is not there unreachable', async () => {
      const own = new SocketProxy('unix:///run/nowhere.sock');
      onTestFinished(() => own.destroy());
      await own.start();
      const { app, get } = await boot(own);
      onTestFinished(() => app.close());
      const unreachable = { code: 'docker_unreachable' };
      expect(await get('/health/ready')).toMatchObject({ body: { error: { docker: unreachable } } });
      expect(await get('/stats')).toMatchObject({ status: 500, body: unreachable });
    });

    it('leaves an engine that is down unreachable, and reached again when it is back', async () => {
      await engine.stop();
      const unreachable = { code: 'docker_unreachable' };
      expect(await test.get('/health/ready')).toMatchObject({ body: { error: { docker: unreachable } } });
      expect(await test.get('/stats')).toMatchObject({ status: 500, body: unreachable });
      await engine.start();
      await engine.docker('start', 'busy', 'holder');
      await expect.poll(async () => (await test.get('/stats')).status, { timeout: 10_000 }).toBe(200);
    });

    it('holds no call to an engine that hangs for longer than somebody waits for it', async () => {
      engine.signal('SIGSTOP');
      onTestFinished(() => engine.signal('SIGCONT'));
      expect(await test.get('/stats')).toMatchObject({ status: 500, body: { code: 'docker_timeout' } });
      await expect.poll(() => recording.connections).toBe(0);
    });
  });

  it('passes calls one after the other on one connection, but for those that it refuses', async () => {
    const allowed = `${ALLOWED} HTTP/1.1\r\nHost: docker\r\n\r\n`;
    const answer = await sendRaw(proxy.host, allowed + allowed + request('GET /v1.41/images/json'));
    expect(statusesIn(answer)).toEqual([200, 200, 403]);
    expect(recording.calls).toEqual(['GET /v1.N/version']);
  });

  it.each(OTHER_CALLS)('refuses %s', async (call) => {
    expect(statusesIn(await sendRaw(proxy.host, request(call)))).toEqual([403]);
    expect(recording.heard).toBe('');
  });

  it.each(BENT_PATHS)('refuses GET %s', async (path) => {
    expect(statusesIn(await sendRaw(proxy.host, request(`GET ${path}`)))).toEqual([REFUSAL]);
    expect(recording.heard).toBe('');
  });

  it.each(Object.entries(DOUBTFUL_REQUESTS))('refuses %s', async (_what, bytes) => {
    expect(statusesIn(await sendRaw(proxy.host, bytes))).toEqual([REFUSAL]);
    expect(recording.heard).toBe('');
  });

  it('logs what it refused', async () => {
    proxy.log = '';
    await sendRaw(proxy.host, request(ALLOWED) + request('GET /v1.41/events?since=0'));
    await sendRaw(proxy.host, request('GET /v1.41/secrets'));
    await expect.poll(() => proxy.log).toMatch(/^[^\n]* 403 [^\n]* "GET \/v1\.41\/secrets HTTP\/1\.1"\n$/);
  });
});
