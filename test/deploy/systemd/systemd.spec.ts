import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerStats } from 'docker-stats-client';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { expectKnownLoad, startBusy, startHolder } from '../../support/engines/known-load.js';
import { pack } from '../../support/files/checkout.js';
import { NO_SYSTEMD } from '../../support/vitest/docker-availability.js';
import { SystemdMachine } from './systemd-machine.js';

const API = 'docker-stats-api.service';
const PROXY = 'docker-stats-proxy.service';
const KEYS = '/etc/docker-stats-api/api_keys';

/** Returns the blocks of shell commands in a section of docs/deploy/systemd.md, as root runs them. */
function readCommands(heading: string): string[] {
  const [, section = ''] = readFileSync('docs/deploy/systemd.md', 'utf8').split(`${heading}\n`);
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, commands = '']) =>
    commands.replaceAll('sudo ', ''),
  );
}

describe.skipIf(NO_SYSTEMD)('systemd units', () => {
  const engine = new DockerEngine();
  const machine = new SystemdMachine(engine.host);
  let key: string;

  /** Runs the first commands of docs/deploy/systemd.md. Returns the key that they print. */
  async function install(): Promise<string> {
    const folder = join(new URL(engine.host).pathname, '../package');
    mkdirSync(folder);
    const { tarball } = await pack('.', folder, '--ignore-scripts');
    copyFileSync(tarball, join(folder, 'docker-stats-api.tgz'));
    const [documented = ''] = readCommands('# systemd');
    const commands = documented.replace(/\.\/docker-stats-api-\S+\.tgz/, './docker-stats-api.tgz');
    const output = await machine.run(`cd /run/engine/${basename(folder)}\n${commands}`);
    rmSync(folder, { recursive: true });
    return output.split('\n').at(-1) ?? '';
  }

  beforeAll(async () => {
    await engine.start();
    await Promise.all([machine.boot(), startBusy(engine), startHolder(engine)]);
    key = await install();
  }, 120_000);
  afterAll(async () => {
    await machine.destroy();
    await engine.destroy();
  });

  /** Waits until the service responds. */
  async function waitForService(): Promise<void> {
    await expect
      .poll(() => machine.get('/health/live', key).catch(String), { timeout: 10_000 })
      .toMatchObject({ status: 200 });
  }

  async function readStatus(unit: string): Promise<string> {
    const { MainPID = '' } = await machine.show(unit, 'MainPID');
    return machine.run(`cat /proc/${MainPID}/status`);
  }

  /** Creates a key and writes its entry to the key file. Returns the key. */
  async function createKey(redirection: '>' | '>>'): Promise<string> {
    const output = await machine.run('/opt/docker-stats-api/bin/docker-stats-api --print-key --name next');
    const [newKey = '', entry = ''] = output.split('\n');
    await machine.run(`echo '${entry.replace('next', `key-${newKey.slice(0, 4)}`)}' ${redirection}${KEYS}`);
    return newKey;
  }

  /** Lists the containers as the user of the service. Returns the output and the errors. */
  const listContainers = (socket: string): Promise<string> =>
    machine.run(
      `env -i PATH=$PATH setpriv --reuid=docker-stats --regid=docker-stats --init-groups \\
        docker -H unix://${socket} ps --format '{{.Names}}' 2>&1 || true`,
    );

  /** Returns the numeric id of a user or group in the machine. */
  const readId = (database: 'passwd' | 'group', name: string): Promise<string> =>
    machine.run(`getent ${database} ${name} | cut -d: -f3`);

  it('are started by the commands of docs/deploy/systemd.md, and the service returns figures of the engine', async () => {
    await waitForService();
    const { status, body } = await machine.get('/stats', key);
    expect(status).toBe(200);
    expectKnownLoad(body as ContainerStats[]);
    expect(await machine.get('/health/ready', key)).toMatchObject({ status: 200 });
    expect(await machine.get('/stats', 'wrong')).toMatchObject({ status: 401 });
  });

  it('start at boot, and pass systemd-analyze verify', async () => {
    expect(await machine.run(`systemctl is-enabled ${API} ${PROXY}`)).toBe('enabled\nenabled');
    expect(await machine.run(`systemd-analyze verify ${API} ${PROXY} 2>&1`)).toBe('');
  });

  it.each([
    [API, 'docker-stats', ['docker-stats']],
    [PROXY, 'docker-stats-proxy', ['docker-stats', 'docker']],
  ])('%s runs as %s in the groups %j, without capabilities', async (unit, user, groups) => {
    const status = await readStatus(unit);
    const uid = await readId('passwd', user);
    const gids = await Promise.all(groups.map((group) => readId('group', group)));
    expect(status).toMatch(new RegExp(`^Uid:\t${uid}\t${uid}\t`, 'm'));
    expect(status).toMatch(new RegExp(`^Gid:\t${gids[0]}\t${gids[0]}\t`, 'm'));
    const [, all = ''] = /^Groups:\t(.*)$/m.exec(status) ?? [];
    expect(new Set(all.trim().split(' '))).toEqual(new Set(gids));
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
  });

  it('let the user of the service connect to the socket of the proxy, and not to the socket of Docker', async () => {
    expect((await listContainers('/run/docker-stats-proxy/docker.sock')).split('\n').toSorted()).toEqual([
      'busy',
      'holder',
    ]);
    expect(await listContainers('/run/docker.sock')).toMatch(/permission denied/);
  });

  it('hide the key file from the user of the service, which gets a copy at each start', async () => {
    expect(await machine.run(`stat -c '%U %a' ${KEYS}`)).toBe('root 600');
    const [restart = ''] = readCommands('## Rotate keys');
    const newKey = await createKey('>');
    expect(await machine.get('/stats', newKey)).toMatchObject({ status: 401 });
    await machine.run(restart);
    await waitForService();
    expect(await machine.get('/stats', key)).toMatchObject({ status: 401 });
    expect(await machine.get('/stats', newKey)).toMatchObject({ status: 200 });
    key = newKey;
  });

  it('reload the key file without a restart after the commands of docs/deploy/systemd.md', async () => {
    const [, readDirectly = ''] = readCommands('## Rotate keys');
    await machine.run(readDirectly);
    await waitForService();
    const { MainPID } = await machine.show(API, 'MainPID');
    const newKey = await createKey('>>');
    await expect
      .poll(async () => (await machine.get('/stats', newKey)).status, { timeout: 5000, interval: 500 })
      .toBe(200);
    expect(await machine.show(API, 'MainPID')).toEqual({ MainPID });
  });

  it('restart after an upgrade', async () => {
    const [restart = ''] = readCommands('## Upgrade');
    const { MainPID } = await machine.show(API, 'MainPID');
    await machine.run(restart);
    await waitForService();
    expect(await machine.show(API, 'MainPID')).not.toEqual({ MainPID });
  });

  it('let a request that waits for a sample get its response when the service stops', async () => {
    const response = machine.get('/stats', key, { 'Cache-Control': 'no-cache' });
    const isSampling = async (): Promise<boolean> =>
      (await machine.run(`systemctl status --lines 0 ${API} || true`)).includes('docker stats');
    await expect.poll(isSampling, { timeout: 5000 }).toBe(true);
    await machine.run(`systemctl stop ${API}`);
    expect(await response).toMatchObject({ status: 200 });
    expect(await machine.show(API, 'Result', 'ExecMainStatus', 'ActiveState')).toEqual({
      Result: 'success',
      ExecMainStatus: '0',
      ActiveState: 'inactive',
    });
    await machine.run(`systemctl start ${API}`);
    await waitForService();
  });

  it.each([API, PROXY])('%s starts again after a crash', async (unit) => {
    const { MainPID } = await machine.show(unit, 'MainPID');
    await machine.run(`kill -KILL ${MainPID}`);
    await expect
      .poll(() => machine.show(unit, 'NRestarts', 'ActiveState'), { timeout: 10_000 })
      .toEqual({
        NRestarts: '1',
        ActiveState: 'active',
      });
    await waitForService();
    expect(await machine.get('/stats', key, { 'Cache-Control': 'no-cache' })).toMatchObject({ status: 200 });
  });

  it('keep the service running while the proxy is stopped', async () => {
    await machine.run(`systemctl stop ${PROXY}`);
    expect(await machine.get('/health/live', key)).toMatchObject({ status: 200 });
    expect(await machine.get('/stats', key, { 'Cache-Control': 'no-cache' })).toMatchObject({
      status: 500,
      body: { code: 'docker_unreachable' },
    });
    await machine.run(`systemctl start ${PROXY}`);
    // The service keeps a failure for a second.
    await expect
      .poll(() => machine.get('/stats', key, { 'Cache-Control': 'no-cache' }), { timeout: 10_000 })
      .toMatchObject({ status: 200 });
  });

  it('write no warning to the journal about a setting of the units', async () => {
    const journal = await machine.run('journalctl --no-pager --output cat _PID=1');
    expect(journal).toContain('Started docker-stats-api.service');
    expect(journal).not.toMatch(/docker-stats.*(?:unknown|ignoring|failed to|not supported)/i);
  });
});
