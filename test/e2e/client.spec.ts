import { StatsClient, StatsClientError, type WatchOptions } from 'docker-stats-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { psRow, row, ROW_FIGURES } from '../support/docker/docker-rows.js';
import { failure, type FakeCommandRunner } from '../support/docker/fake-command-runner.js';
import { startService } from '../support/service/service-process.js';
import { FakeDockerCli } from '../support/docker/fake-docker-cli.js';
import { bootApp, KEY, type TestApp } from '../support/service/test-app.js';

const WEB_KEY = 'web-key-01234567890';
const ID = 'a'.repeat(64);

let test: TestApp<FakeCommandRunner>;
let baseUrl: string;
beforeAll(async () => {
  test = await bootApp({
    API_KEYS: `ci:${KEY},web:${WEB_KEY};containers=web-*`,
    STATS_INTERVAL_MS: '100',
    STATS_IDLE_AFTER_MS: '0', // takes a sample only when a request waits for it
    HEALTH_CACHE_MS: '0',
  });
  baseUrl = await test.app.getUrl();
});
beforeEach(() => {
  test.runner.stats = { stdout: row({ Name: 'db' }) + row({ Name: 'web-1', ID }) };
});
afterEach(() => {
  test.runner.commands.length = 0;
});
afterAll(() => test.app.close());

/** Creates a client, and records the status of each of its responses. */
function createClient(apiKey = KEY): { client: StatsClient; statuses: number[] } {
  const statuses: number[] = [];
  const client = new StatsClient({
    baseUrl,
    apiKey,
    fetch: async (...request) => {
      const response = await fetch(...request);
      statuses.push(response.status);
      return response;
    },
  });
  return { client, statuses };
}

/** The container names in the first sample of a watch. */
async function watchOnce(client: StatsClient, options: WatchOptions = {}): Promise<string[]> {
  for await (const containers of client.watch(options)) return containers.map(({ name }) => name);
  return [];
}

const WEB_1 = { name: 'web-1', cpuUsage: ROW_FIGURES.cpuUsage, memoryUsage: ROW_FIGURES.memoryUsage };

describe('StatsClient.history() with the service', () => {
  it('returns samples, steps and a summary, of all containers and of one', async () => {
    const { client } = createClient();
    await client.stats({ maxAge: 0 });
    const { sampledAt, containers } = await client.history({ name: 'web-*', since: '1h', fields: ['pids'] });
    expect(containers).toEqual([{ id: ID, name: 'web-1', pids: sampledAt?.map(() => ROW_FIGURES.pids) }]);
    const points = await client.containerHistory('web-1', { points: 2, fields: ['pids'] });
    expect(points.containers[0]?.pidsMax).toContain(ROW_FIGURES.pids);
    const summary = await client.containerHistory(ID, { view: 'summary', fields: ['pids'] });
    const { pids } = ROW_FIGURES;
    expect(summary.containers).toMatchObject([
      { id: ID, pids: { min: pids, avg: pids, max: pids, p95: pids } },
    ]);
    expect((await client.history({ view: 'summary' })).containers).toHaveLength(2);
    expect((await client.history()).containers).toMatchObject([{ name: 'db' }, { name: 'web-1' }]);
  });

  it('sends the ETag of the last response', async () => {
    const { client, statuses } = createClient();
    await client.stats({ maxAge: 0 });
    const first = await client.history();
    expect(await client.history()).toEqual(first);
    expect(statuses).toEqual([200, 200, 304]);
  });

  it('fails with not_found for an unknown container', async () => {
    const { client } = createClient();
    await expect(client.containerHistory('nosuch')).rejects.toMatchObject({ code: 'not_found', status: 404 });
  });
});

describe('StatsClient with the service', () => {
  it('returns the plain view, the full view and one container', async () => {
    const { client } = createClient();
    expect(await client.stats({ name: ['web-?', 'x*'], maxAge: 0 })).toEqual([WEB_1]);
    expect(await client.stats()).toEqual([{ ...WEB_1, name: 'db' }, WEB_1]);
    const full = await client.stats({ view: 'full', name: 'web-*' });
    expect(full).toMatchObject({ durationMs: 2000, containers: [{ id: ID, ...ROW_FIGURES }], skipped: [] });
    expect(await client.container('web-1')).toEqual(full.containers[0]);
    expect(await client.container(ID)).toEqual(full.containers[0]);
  });

  it('gets 304 for an unchanged sample, without a new run of docker stats', async () => {
    const { client, statuses } = createClient();
    const first = await client.stats({ view: 'full', maxAge: 0 });
    const again = await client.stats({ view: 'full', maxAge: 60 });
    expect(statuses).toEqual([200, 304]);
    expect(again).toEqual({ ...first, ageMs: again.ageMs });
    await client.stats({ view: 'full' });
    expect(statuses).toEqual([200, 304, 304]);
    expect(test.runner.commands.filter(({ args }) => args[0] === 'stats')).toHaveLength(1);
    test.runner.stats = { stdout: row({ Name: 'new' }) };
    expect((await client.stats({ view: 'full', maxAge: 0 })).containers).toMatchObject([{ name: 'new' }]);
    expect(statuses.at(-1)).toBe(200);
  });

  it('returns the right age of a cached sample', async () => {
    const { client, statuses } = createClient();
    const { sampledAt } = await client.stats({ view: 'full', maxAge: 0 });
    await expect.poll(async () => (await client.stats({ view: 'full' })).ageMs).toBeGreaterThan(300);
    const { ageMs } = await client.stats({ view: 'full' });
    expect(Math.abs(ageMs - (Date.now() - Date.parse(sampledAt)))).toBeLessThan(100);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  it('returns the selected containers and the sums of projects', async () => {
    test.runner.ps = { stdout: psRow({ ID }) };
    const { client } = createClient();
    expect(
      await client.stats({ project: 'sh*', health: 'healthy', sort: '-cpuUsage', limit: 1, maxAge: 0 }),
    ).toEqual([WEB_1]);
    expect(await client.stats({ project: 'other' })).toEqual([]);
    expect(await client.projects({ sort: '-containers' })).toMatchObject([
      { project: 'shop', containers: 1 },
      { project: null, containers: 1 },
    ]);
    expect(await client.projects({ project: 'shop' })).toMatchObject([{ project: 'shop' }]);
    await expect(client.projects({ limit: 0 })).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
    });
  });

  it('fails with the error codes of the service', async () => {
    const { client } = createClient();
    await expect(client.container('nowhere')).rejects.toMatchObject({ code: 'not_found', status: 404 });
    await expect(client.stats({ name: '' })).rejects.toMatchObject({ code: 'invalid_request', status: 400 });
    await expect(createClient('wrong').client.stats()).rejects.toMatchObject({
      code: 'unauthorized',
      status: 401,
    });
    await expect(createClient('wrong').client.watch().next()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('returns only the containers in the scope of its API key', async () => {
    const { client } = createClient(WEB_KEY);
    expect(await client.stats({ maxAge: 0 })).toEqual([WEB_1]);
    expect(await watchOnce(client)).toEqual(['web-1']);
    await expect(client.container('db')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('returns whether the service reaches Docker', async () => {
    const { client } = createClient('no-key');
    expect(await client.ready()).toEqual({ ready: true, dockerVersion: '28.2.2' });
    test.runner.version = failure('Cannot connect to the Docker daemon');
    await expect
      .poll(() => client.ready())
      .toEqual({
        ready: false,
        code: 'docker_unreachable',
        reason: 'The Docker daemon is not running, or listens on another address',
      });
    test.runner.version = { stdout: '28.2.2\n' };
  });

  it('continues to watch after a failure of docker', async () => {
    const { client, statuses } = createClient();
    const errorCodes: string[] = [];
    const seen: unknown[] = [];
    const later = 'b'.repeat(64);
    const watch = client.watch({ view: 'full', name: 'web-*', onError: ({ code }) => errorCodes.push(code) });
    for await (const { containers } of watch) {
      const ids = containers.map(({ id }) => id);
      seen.push(...ids);
      if (ids.includes(later)) break;
      if (errorCodes.length > 0) continue; // a sample that was taken before the failure
      test.runner.stats = failure('Cannot connect to the Docker daemon');
      await expect.poll(() => errorCodes).toContain('docker_unreachable');
      test.runner.stats = { stdout: row({ Name: 'web-2', ID: later }) };
    }
    expect(new Set(seen)).toEqual(new Set([ID, later]));
    expect(statuses).toEqual([200]);
  });

  it('fails with the error codes of docker', async () => {
    const { client } = createClient();
    test.runner.stats = failure('Cannot connect to the Docker daemon');
    const error: unknown = await client.stats({ maxAge: 0 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StatsClientError);
    expect(error).toMatchObject({
      code: 'docker_unreachable',
      status: 500,
      message:
        'Error: Cannot connect to the Docker daemon. To fix: start Docker, or set DOCKER_HOST to the address of the daemon.',
    });
  });
});

function raise(error: StatsClientError): never {
  throw error;
}

describe('StatsClient.watch() with the service', () => {
  it('reconnects after a restart of the service', async () => {
    const docker = new FakeDockerCli({ durationMs: 50 });
    const env = { ...docker.env, API_KEYS: KEY, STATS_INTERVAL_MS: '100' };
    const first = startService(env);
    const url = await first.waitForUrl();
    const errorCodes: string[] = [];
    const watch = new StatsClient({ baseUrl: url, apiKey: KEY }).watch({
      view: 'full',
      onError: ({ code }) => errorCodes.push(code),
    });
    await watch.next();
    first.kill('SIGTERM');
    expect(await first.exitCode).toBe(0);
    const stoppedAt = Date.now();
    await expect.poll(() => errorCodes).toEqual(['network']);
    await startService({ ...env, PORT: new URL(url).port }).waitForUrl();
    for await (const { sampledAt } of watch) if (Date.parse(sampledAt) > stoppedAt) break;
    expect(new Set(errorCodes)).toEqual(new Set(['network']));
  });

  it('fails with unavailable when there are too many streams, and frees its own stream at return()', async () => {
    const own = await bootApp({ STREAMS_MAX: '1' });
    const client = new StatsClient({ baseUrl: await own.app.getUrl(), apiKey: KEY });
    const watch = client.watch();
    await watch.next();
    await expect(client.watch({ onError: raise }).next()).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
      retryAfterMs: 10_000,
    });
    await watch.return();
    const openStream = (): Promise<unknown> =>
      client
        .watch({ onError: raise, signal: AbortSignal.timeout(1000) })
        .next()
        .catch(String);
    await expect.poll(openStream).toEqual({ done: false, value: [] });
    await own.app.close();
  });
});
