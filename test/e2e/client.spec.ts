import { StatsClient, StatsClientError, type WatchOptions } from 'docker-stats-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { row, ROW_FIGURES } from '../support/docker-rows.js';
import { failure, type FakeCommandRunner } from '../support/fake-command-runner.js';
import { startService } from '../support/service-process.js';
import { StandIn } from '../support/stand-in.js';
import { bootApp, KEY, type TestApp } from '../support/test-app.js';

const WEB_KEY = 'web-key-01234567890';
const ID = 'a'.repeat(64);

let test: TestApp<FakeCommandRunner>;
let baseUrl: string;
beforeAll(async () => {
  test = await bootApp({
    API_KEYS: `ci:${KEY},web:${WEB_KEY};containers=web-*`,
    STATS_INTERVAL_MS: '100',
    STATS_IDLE_AFTER_MS: '0', // no sample that nobody waits for
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

/** A client, and the statuses that it was answered. */
function clientWith(apiKey = KEY): { client: StatsClient; statuses: number[] } {
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

/** The names in the first sample of a watch. */
async function firstNames(client: StatsClient, options: WatchOptions = {}): Promise<string[]> {
  for await (const containers of client.watch(options)) return containers.map(({ name }) => name);
  return [];
}

const WEB_1 = { name: 'web-1', cpuUsage: ROW_FIGURES.cpuUsage, memoryUsage: ROW_FIGURES.memoryUsage };

describe('the client of the service', () => {
  it('gives the plain view, the full one and one container', async () => {
    const { client } = clientWith();
    expect(await client.stats({ name: ['web-?', 'x*'], maxAge: 0 })).toEqual([WEB_1]);
    expect(await client.stats()).toEqual([{ ...WEB_1, name: 'db' }, WEB_1]);
    const full = await client.stats({ view: 'full', name: 'web-*' });
    expect(full).toMatchObject({ durationMs: 2000, containers: [{ id: ID, ...ROW_FIGURES }], skipped: [] });
    expect(await client.container('web-1')).toEqual(full.containers[0]);
    expect(await client.container(ID)).toEqual(full.containers[0]);
  });

  it('asks for what has changed alone, and for no new sample by that', async () => {
    const { client, statuses } = clientWith();
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

  it('knows how old a sample is that it did not get again', async () => {
    const { client, statuses } = clientWith();
    const { sampledAt } = await client.stats({ view: 'full', maxAge: 0 });
    await expect.poll(async () => (await client.stats({ view: 'full' })).ageMs).toBeGreaterThan(300);
    const { ageMs } = await client.stats({ view: 'full' });
    expect(Math.abs(ageMs - (Date.now() - Date.parse(sampledAt)))).toBeLessThan(100);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  it('fails with the codes of the service', async () => {
    const { client } = clientWith();
    await expect(client.container('nowhere')).rejects.toMatchObject({ code: 'not_found', status: 404 });
    await expect(client.stats({ name: '' })).rejects.toMatchObject({ code: 'invalid_request', status: 400 });
    await expect(clientWith('wrong').client.stats()).rejects.toMatchObject({
      code: 'unauthorized',
      status: 401,
    });
    await expect(clientWith('wrong').client.watch().next()).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

it('sees what its key may see', async () => {
  const { client } = clientWith(WEB_KEY);
  expect(await client.stats({ maxAge: 0 })).toEqual([WEB_1]);
  expect(await firstNames(client)).toEqual(['web-1']);
  await expect(client.container('db')).rejects.toMatchObject({ code: 'not_found' });
});

it('says whether Docker is reached', async () => {
  const { client } = clientWith('no-key');
  expect(await client.ready()).toEqual({ ready: true, dockerVersion: '28.2.2' });
  test.runner.version = failure('Cannot connect to the Docker daemon');
  await expect
    .poll(() => client.ready())
    .toEqual({
      ready: false,
      code: 'docker_unreachable',
      reason: 'the Docker daemon is down or does not listen where the docker CLI looks for it',
    });
  test.runner.version = { stdout: '28.2.2\n' };
});

it('watches the samples, through failures of docker', async () => {
  const { client, statuses } = clientWith();
  const heard: string[] = [];
  const seen: unknown[] = [];
  const watch = client.watch({ view: 'full', name: 'web-*', onError: ({ code }) => heard.push(code) });
  for await (const { containers } of watch) {
    seen.push(containers.map(({ id }) => id));
    if (heard.length > 0) break;
    test.runner.stats = failure('Cannot connect to the Docker daemon');
    await expect.poll(() => heard).toContain('docker_unreachable');
    test.runner.stats = { stdout: row({ Name: 'web-2', ID: 'b'.repeat(64) }) };
  }
  expect([seen[0], seen.at(-1)]).toEqual([[ID], ['b'.repeat(64)]]);
  expect(statuses).toEqual([200]);
});

it('fails with the codes of docker', async () => {
  const { client } = clientWith();
  test.runner.stats = failure('Cannot connect to the Docker daemon');
  const error: unknown = await client.stats({ maxAge: 0 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StatsClientError);
  expect(error).toMatchObject({
    code: 'docker_unreachable',
    status: 500,
    message:
      'Error: Cannot connect to the Docker daemon. To fix: start Docker, or set DOCKER_HOST to where it listens.',
  });
});

function raise(error: StatsClientError): never {
  throw error;
}

describe('a watch of the service', () => {
  it('goes on when the service was stopped and is there again', async () => {
    const standIn = new StandIn({ durationMs: 50 });
    const env = { ...standIn.env, API_KEYS: KEY, STATS_INTERVAL_MS: '100' };
    const first = startService(env);
    const url = await first.url();
    const heard: string[] = [];
    const watch = new StatsClient({ baseUrl: url, apiKey: KEY }).watch({
      view: 'full',
      onError: ({ code }) => heard.push(code),
    });
    await watch.next();
    first.kill('SIGTERM');
    expect(await first.exitCode).toBe(0);
    const stoppedAt = Date.now();
    await expect.poll(() => heard).toEqual(['network']);
    await startService({ ...env, PORT: new URL(url).port }).url();
    for await (const { sampledAt } of watch) if (Date.parse(sampledAt) > stoppedAt) break;
    expect(new Set(heard)).toEqual(new Set(['network']));
  });

  it('is told when there are too many streams, and leaves its own', async () => {
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
    const isAdmitted = (): Promise<unknown> =>
      client
        .watch({ onError: raise, signal: AbortSignal.timeout(1000) })
        .next()
        .catch(String);
    await expect.poll(isAdmitted).toEqual({ done: false, value: [] });
    await own.app.close();
  });
});
