import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContainerHistory, History, HistorySummary } from 'docker-stats-client';
import type { Variables } from '../../src/config/environment.js';
import { ResponseMemoryLimit } from '../../src/stats/limits/response-memory-limit.js';
import { psRow, row } from '../support/docker/docker-rows.js';
import { failure, type FakeCommandRunner } from '../support/docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../support/service/test-app.js';

const START = Date.parse('2027-01-31T12:00:00Z');
const ALLOWED =
  'allowed: api_key, fields, format, health, image, limit, name, points, project, service, since, sort, until, view';

const WEB = { Name: 'web-1', ID: 'a'.repeat(64) };
const DB = { Name: 'db', ID: 'd'.repeat(64) };

let test: TestApp<FakeCommandRunner>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  await restart({});
});
afterEach(async () => {
  await test.app.close();
  vi.useRealTimers();
});

async function restart(env: Variables): Promise<void> {
  await test?.app.close();
  test = await bootApp({ STATS_IDLE_AFTER_MS: '0', ...env }); // no background runs
}

/** Takes a sample so many seconds after the start. */
async function sample(second: number, rows: readonly string[], key = KEY): Promise<void> {
  vi.setSystemTime(START + second * 1000);
  test.runner.stats = { stdout: rows.join('') };
  await test.client.get('/stats').set({ 'X-API-Key': key, 'Cache-Control': 'no-cache' }).expect(200);
}

/** Takes three samples: `db` runs always, `web-1` ends after the second one. */
async function sampleThrice(): Promise<void> {
  await sample(0, [row({ ...DB, CPUPerc: '1.00%' }), row({ ...WEB, CPUPerc: '10.00%', NetIO: '1kB / 0B' })]);
  await sample(2, [
    row({ ...DB, CPUPerc: '2.50%' }),
    row({ ...WEB, CPUPerc: '30.00%', NetIO: '500kB / 0B' }),
  ]);
  await sample(4, [row({ ...DB, CPUPerc: '102.85%', MemUsage: '0B / 0B' })]);
}

async function getHistory(query = '', key = KEY): Promise<History> {
  const { body } = await test.client.get(`/stats/history${query}`).set('X-API-Key', key).expect(200);
  return body as History;
}

function getNames({ containers }: { readonly containers: readonly { readonly name: string }[] }): string[] {
  return containers.map(({ name }) => name);
}

const TIMES = ['2027-01-31T12:00:00.000Z', '2027-01-31T12:00:02.000Z', '2027-01-31T12:00:04.000Z'];

describe('GET /stats/history', () => {
  it('returns CPU and memory of every container in every sample, in columns', async () => {
    await sampleThrice();
    const { status, headers, body } = await test.get('/stats/history');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'private, no-cache',
      'x-sampled-at': TIMES[2],
      vary: 'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
    });
    expect(body).toStrictEqual({
      sampledAt: TIMES,
      containers: [
        { id: DB.ID, name: 'db', cpuUsage: [1, 2.5, 102.85], memoryUsage: [102.9, 102.9, null] },
        { id: WEB.ID, name: 'web-1', cpuUsage: [10, 30, null], memoryUsage: [102.9, 102.9, null] },
      ],
    });
  });

  it('returns empty columns without a sample, and does not run docker', async () => {
    const { headers } = await test.get('/stats/history').expect(200, { sampledAt: [], containers: [] });
    expect(headers).not.toHaveProperty('x-sampled-at');
    await test.get('/stats/history?points=2').expect(200);
    await test
      .get('/stats/history?view=summary')
      .expect(200, { since: null, until: null, samples: 0, containers: [] });
    expect(test.runner.statsRuns).toBe(0);
  });

  it('serves the kept samples when docker fails', async () => {
    await sampleThrice();
    test.runner.stats = failure('Cannot connect to the Docker daemon');
    await test.get('/stats').set('Cache-Control', 'no-cache').expect(500);
    expect((await getHistory()).sampledAt).toEqual(TIMES);
  });

  it.each([
    ['since=2', TIMES.slice(1)],
    ['since=2s', TIMES.slice(1)],
    ['since=1h', TIMES],
    ['since=2027-01-31T12:00:03Z', TIMES.slice(2)],
    ['since=2027-01-31T13:00:02+01:00', TIMES.slice(1)],
    ['until=2', TIMES.slice(0, 2)],
    ['since=3s&until=1s', TIMES.slice(1, 2)],
  ])('returns the samples of the window ?%s', async (query, times) => {
    await sampleThrice();
    expect((await getHistory(`?${query}`)).sampledAt).toEqual(times);
  });

  it('returns a pause without requests as a gap', async () => {
    for (const second of [0, 2, 4, 64, 66]) await sample(second, [row(DB)]);
    const { sampledAt, containers } = await getHistory('?fields=pids');
    expect(sampledAt.map((time) => (Date.parse(time) - START) / 1000)).toEqual([0, 2, 4, 6, 62, 64, 66]);
    expect(containers[0]?.pids).toEqual([7, 7, 7, null, null, 7, 7]);
  });

  it('forgets samples older than HISTORY_MS', async () => {
    await restart({ HISTORY_MS: '3000' });
    await sampleThrice();
    expect((await getHistory()).sampledAt).toEqual(TIMES.slice(1));
    vi.setSystemTime(START + 60_000);
    expect(await getHistory()).toEqual({ sampledAt: [], containers: [] });
  });

  it('keeps only as many samples as HISTORY_MAX_BYTES allows', async () => {
    await restart({ HISTORY_MAX_BYTES: '1500' });
    await sampleThrice();
    expect((await getHistory()).sampledAt).toEqual(TIMES.slice(2));
  });

  it('responds with 404 if HISTORY_MS is 0', async () => {
    await restart({ HISTORY_MS: '0' });
    const message = 'The history is switched off: HISTORY_MS is 0';
    for (const path of ['/stats/history', '/containers/db/stats/history']) {
      await test.get(path).expect(404, { statusCode: 404, code: 'not_found', message });
    }
  });

  it('returns the fields of the request, and rates in MB/s', async () => {
    await sampleThrice();
    const { containers } = await getHistory('?fields=networkReceived,networkReceivedRate&name=web-1');
    expect(containers).toEqual([
      {
        id: WEB.ID,
        name: 'web-1',
        networkReceived: [0.0009536743, 0.4768372, null],
        networkReceivedRate: [null, 0.2379417, null],
      },
    ]);
  });

  it('returns average, minimum and maximum of each step with points', async () => {
    await sampleThrice();
    expect(await getHistory('?points=2&fields=cpuUsage,networkReceived&name=web-1')).toEqual({
      sampledAt: TIMES.filter((_, n) => n !== 2),
      containers: [
        {
          id: WEB.ID,
          name: 'web-1',
          cpuUsage: [10, 30],
          cpuUsageMin: [10, 30],
          cpuUsageMax: [10, 30],
          networkReceived: [0.0009536743, 0.4768372],
          networkReceivedMin: [0.0009536743, 0.4768372],
          networkReceivedMax: [0.0009536743, 0.4768372],
        },
      ],
    });
  });

  it('returns statistics with view=summary', async () => {
    await sampleThrice();
    const { body } = await test.get('/stats/history?view=summary&fields=cpuUsage,networkReceived');
    expect(body as HistorySummary).toStrictEqual({
      since: TIMES[0],
      until: TIMES[2],
      samples: 3,
      containers: [
        {
          id: DB.ID,
          name: 'db',
          samples: 3,
          cpuUsage: { min: 1, avg: 35.45, max: 102.85, p95: 102.85 },
          networkReceived: { min: 0.0009727478, avg: null, max: 0.0009727478, p95: null },
        },
        {
          id: WEB.ID,
          name: 'web-1',
          samples: 2,
          cpuUsage: { min: 10, avg: 20, max: 30, p95: 30 },
          networkReceived: { min: 0.0009536743, avg: null, max: 0.4768372, p95: null },
        },
      ],
    });
  });

  it.each([
    ['?format=csv&fields=cpuUsage,pids', {}],
    ['?fields=cpuUsage,pids', { Accept: 'text/csv' }],
  ])('returns a CSV line per container and time: %s %o', async (query, headers) => {
    await sampleThrice();
    const response = await test.get(`/stats/history${query}`).set(headers);
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(response.text.split('\r\n')).toEqual([
      'sampledAt,id,name,cpuUsage,pids',
      `${TIMES[0]},${DB.ID},db,1,7`,
      `${TIMES[1]},${DB.ID},db,2.5,7`,
      `${TIMES[2]},${DB.ID},db,102.85,7`,
      `${TIMES[0]},${WEB.ID},web-1,10,7`,
      `${TIMES[1]},${WEB.ID},web-1,30,7`,
      `${TIMES[2]},${WEB.ID},web-1,,`,
      '',
    ]);
  });

  it('returns statistics as CSV, a line per container', async () => {
    await sampleThrice();
    const { text } = await test.get('/stats/history?format=csv&view=summary&fields=cpuUsage&name=db');
    expect(text).toBe(
      `id,name,samples,cpuUsageMin,cpuUsageAvg,cpuUsageMax,cpuUsageP95\r\n${DB.ID},db,3,1,35.45,102.85,102.85\r\n`,
    );
  });

  it('returns JSON if the client accepts only text', async () => {
    await sampleThrice();
    const { headers } = await test.get('/stats/history').set('Accept', 'text/plain').expect(200);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
  });

  it('returns null for a number that is too large, because JSON has no Infinity', async () => {
    await sample(0, [row({ ...DB, CPUPerc: '1e39%' })]);
    expect((await getHistory('?fields=cpuUsage')).containers).toEqual([
      { id: DB.ID, name: 'db', cpuUsage: [null] },
    ]);
    const { text } = await test.get('/stats/history?fields=cpuUsage&view=summary&format=csv').expect(200);
    expect(text).toContain(`\r\n${DB.ID},db,1,,,,\r\n`);
  });

  it('accepts a window that starts before 1970', async () => {
    await sampleThrice();
    const { sampledAt, containers } = await getHistory('?since=999999999d&points=2&name=db&fields=pids');
    expect(sampledAt[0]).toBe('1970-01-01T00:00:00.000Z');
    expect(containers[0]?.pids).toEqual([null, 7]);
  });

  it('responds with 304 to the current ETag, until the next sample', async () => {
    await sampleThrice();
    const { headers } = await test.get('/stats/history?since=1h');
    const etag = String(headers['etag']);
    vi.setSystemTime(START + 10_000);
    const get = () => test.get('/stats/history?since=1h').set('If-None-Match', etag);
    expect((await get().expect(304)).headers).toMatchObject({ etag, 'cache-control': 'private, no-cache' });
    await sample(11, [row(DB)]);
    await get().expect(200);
  });

  it('compresses large responses', async () => {
    await sample(
      0,
      Array.from({ length: 30 }, (_, n) => row({ Name: `x-${n}`, ID: `${n}`.padStart(64, '0') })),
    );
    const { headers, body } = await test.get('/stats/history').set('Accept-Encoding', 'gzip').expect(200);
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      etag: expect.stringMatching(/-gzip"$/) as string,
    });
    expect(getNames(body as History)).toHaveLength(30);
  });

  it('filters by name, with wildcards, by the latest name of each container', async () => {
    await sampleThrice();
    await sample(6, [row({ ...DB, Name: 'db-old' })]);
    expect(getNames(await getHistory('?name=db*&name=nosuch'))).toEqual(['db-old']);
    expect(getNames(await getHistory('?name=db'))).toEqual([]);
    expect((await getHistory('?name=db-old')).sampledAt).toHaveLength(4);
  });

  it('filters by project, image and health, also for a key with a scope of projects', async () => {
    const SHOP = 'shop-key-0123456789';
    await restart({ API_KEYS: `${KEY},shop:${SHOP};projects=shop` });
    test.runner.ps = {
      stdout:
        psRow({ ID: WEB.ID, Names: 'web-1' }) +
        psRow({
          ID: DB.ID,
          Names: 'db',
          Image: 'postgres:18',
          Status: 'Up 1 day',
          'com.docker.compose.project': 'data',
        }),
    };
    await sampleThrice();
    expect(getNames(await getHistory('?project=shop'))).toEqual(['web-1']);
    expect(getNames(await getHistory('?project=*&image=postgres:*'))).toEqual(['db']);
    expect(getNames(await getHistory('?health=healthy'))).toEqual(['web-1']);
    expect(getNames(await getHistory('', SHOP))).toEqual(['web-1']);
    expect(getNames(await getHistory('?project=data', SHOP))).toEqual([]);
    await test.client.get('/containers/db/stats/history').set('X-API-Key', SHOP).expect(404);
    await test.client.get('/containers/web-1/stats/history').set('X-API-Key', SHOP).expect(200);
  });

  it('returns to a key with a scope only the containers of its scope, by their latest names', async () => {
    const web = 'web-key-0123456789';
    await restart({ API_KEYS: `${KEY},web:${web};containers=web-*` });
    await sampleThrice();
    expect(getNames(await getHistory('', web))).toEqual(['web-1']);
    expect(getNames(await getHistory())).toEqual(['db', 'web-1']);
    const get = (name: string) => test.client.get(`/containers/${name}/stats/history`).set('X-API-Key', web);
    await get('web-1').expect(200);
    await get('db').expect(404);
    await get(DB.ID).expect(404);
    await sample(6, [row({ ...WEB, Name: 'secret' })]);
    expect(getNames(await getHistory('', web))).toEqual([]);
  });

  it.each([
    ['nmae=web', `Unknown query parameter "nmae"; ${ALLOWED}`],
    [
      'since=yesterday',
      'Query parameter "since" must be a time such as 2027-01-31T12:00:00Z, a duration such as 90s, 5m, 2h or 1d, or a number of seconds',
    ],
    [
      'since=2026-02-30T00:00:00Z',
      'Query parameter "since" must be a time such as 2027-01-31T12:00:00Z, a duration such as 90s, 5m, 2h or 1d, or a number of seconds',
    ],
    ['since=1&since=2', 'Query parameter "since" must be given only once'],
    [
      'until=2027-01-31',
      'Query parameter "until" must be a time such as 2027-01-31T12:00:00Z, a duration such as 90s, 5m, 2h or 1d, or a number of seconds',
    ],
    ['since=1m&until=2m', 'Query parameter "since" must not be after "until" (by default: now)'],
    [
      'fields=cpu',
      'Query parameter "fields" must be a comma-separated list of: cpuUsage, memoryUsage, memoryLimit, memoryPercent, ' +
        'networkReceived, networkSent, blockRead, blockWritten, pids, networkReceivedRate, networkSentRate, blockReadRate, blockWrittenRate',
    ],
    [
      'fields=pids&fields=pids',
      'Query parameter "fields" must be given only once, as a comma-separated list',
    ],
    ['points=1', 'Query parameter "points" must be a whole number from 2 to 10000'],
    ['points=10001', 'Query parameter "points" must be a whole number from 2 to 10000'],
    ['points=many', 'Query parameter "points" must be a whole number from 2 to 10000'],
    ['view=full', 'Query parameter "view" must be "summary" or omitted'],
    ['view=summary&points=10', 'Query parameters "points" and "view" exclude each other'],
    ['format=text', 'Query parameter "format" must be "json" or "csv"'],
    ['name=', 'Query parameter "name" must have 1 to 255 characters'],
  ])('rejects ?%s with 400', async (query, message) => {
    await test
      .get(`/stats/history?${query}`)
      .expect(400, { statusCode: 400, code: 'invalid_request', message });
  });

  it('rejects requests for more than 1,000,000 values, and says what to do', async () => {
    await sample(
      0,
      Array.from({ length: 101 }, (_, n) => row({ Name: `x-${n}`, ID: `${n}`.padStart(64, '0') })),
    );
    const { status, body } = await test.get('/stats/history?points=10000&fields=pids');
    expect({ status, body: body as unknown }).toStrictEqual({
      status: 400,
      body: {
        statusCode: 400,
        code: 'invalid_request',
        message:
          'The response would have 3030000 values; at most 1000000 are allowed. Request fewer "fields", fewer containers with ' +
          '"name" or "limit", a shorter time with "since", or fewer times with "points"',
      },
    });
    await test.get('/stats/history?points=10000&fields=pids&name=x-1?').expect(200);
  });

  it('refuses a key with too many unread responses', async () => {
    await sampleThrice();
    test.app.get(ResponseMemoryLimit).reserve({ name: 'ci' }, { size: 2 ** 26 });
    const { status, body } = await test.get('/stats/history');
    expect({ status, body: body as unknown }).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });
});

describe('GET /containers/{name or id}/stats/history', () => {
  it.each([
    ['name', 'web-1'],
    ['id', WEB.ID],
    ['id prefix', WEB.ID.slice(0, 12)],
  ])('returns one container by its %s, although it has ended', async (_how, reference) => {
    await sampleThrice();
    await test.get(`/containers/${reference}/stats/history?fields=cpuUsage`).expect(200, {
      sampledAt: TIMES,
      containers: [{ id: WEB.ID, name: 'web-1', cpuUsage: [10, 30, null] }],
    });
  });

  it('returns the container seen last, if several had the name', async () => {
    await sample(0, [row({ ...WEB, ID: 'e'.repeat(64) })]);
    await sample(2, [row(WEB)]);
    const { body } = await test.get('/containers/web-1/stats/history');
    expect((body as History).containers.map(({ id }: ContainerHistory) => id)).toEqual([WEB.ID]);
  });

  it('responds with 404 to an unknown container', async () => {
    await sampleThrice();
    const message = 'The history has no container with this name or id';
    await test
      .get('/containers/nosuch/stats/history')
      .expect(404, { statusCode: 404, code: 'not_found', message });
  });

  it('responds with 400 if several containers have the id prefix', async () => {
    await sample(0, [row({ ...WEB, ID: `${'a'.repeat(12)}1` }), row({ ...DB, ID: `${'a'.repeat(12)}2` })]);
    const message = 'Ambiguous id: 2 containers match; use a longer id prefix';
    await test
      .get(`/containers/${'a'.repeat(12)}/stats/history`)
      .expect(400, { statusCode: 400, code: 'invalid_request', message });
  });
});
