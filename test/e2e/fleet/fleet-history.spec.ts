import type { HostsHistory } from 'docker-stats-client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePrometheus } from '../../support/prometheus/fake/fake-prometheus.js';
import { bootFleetForTest, type FleetTest, scrapeHost } from '../../support/prometheus/fake/fleet-scene.js';
import { KEY } from '../../support/service/test-app.js';

const WEB_KEY = 'web-key-0123456789';
const APP_KEY = 'app-key-0123456789';
const DATA_KEY = 'data-key-0123456789';
const OTHER_KEY = 'other-key-01234567';

const START = Date.parse('2027-01-31T12:00:00Z');
const ID = '0'.repeat(64);
const CACHE_ID = ID.replace(/0$/, '1');

const DB = { host: 'db1', id: ID, name: 'db', cpuUsage: [40, 41] };
const APP_1 = { host: 'web1', id: ID, name: 'app', cpuUsage: [10, 20] };
const CACHE = { host: 'web1', id: CACHE_ID, name: 'cache', cpuUsage: [1, 2] };
const APP_2 = { host: 'web2', id: ID, name: 'app', cpuUsage: [50, 70] };

/** When each host was scraped. */
const DB1_TIMES = { name: 'db1', sampledAt: [formatTime(0), formatTime(15)] };
const WEB1_TIMES = { name: 'web1', sampledAt: [formatTime(1), formatTime(16)] };
const WEB2_TIMES = { name: 'web2', sampledAt: [formatTime(2.5), formatTime(17.5)] };

let prometheus: FakePrometheus;
let test: FleetTest;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  prometheus = await FakePrometheus.start();
  for (const n of [0, 1]) {
    /* oxlint-disable no-await-in-loop -- in the order of their times */
    await scrape('db1', n * 15, [{ name: 'db', project: 'data', cpuUsage: DB.cpuUsage[n] ?? NaN }]);
    await scrape('web1', 1 + n * 15, [
      { name: 'app', cpuUsage: APP_1.cpuUsage[n] ?? NaN },
      { name: 'cache', project: null, cpuUsage: CACHE.cpuUsage[n] ?? NaN },
    ]);
    await scrape('web2', 2.5 + n * 15, [{ name: 'app', cpuUsage: APP_2.cpuUsage[n] ?? NaN }]);
    /* oxlint-enable no-await-in-loop */
  }
  vi.setSystemTime(START + 20_000);
  const scopes = `web:${WEB_KEY};hosts=web*,app:${APP_KEY};containers=app,data:${DATA_KEY};projects=data`;
  const env = { API_KEYS: `all:${KEY},${scopes},other:${OTHER_KEY};hosts=x` };
  test = await bootFleetForTest(prometheus, env);
});

function formatTime(second: number): string {
  return new Date(START + second * 1000).toISOString();
}

function scrape(host: string, second: number, containers: Parameters<typeof scrapeHost>[2]): Promise<void> {
  return scrapeHost(prometheus, host, containers, { at: START / 1000 + second });
}

async function getHistory(query = '', key = KEY): Promise<HostsHistory> {
  const path = `/stats/history?fields=cpuUsage${query}`;
  const { body } = await test.client.get(path).set('X-API-Key', key).expect(200);
  return body as HostsHistory;
}

/** Counts the queries that search a container by its id. */
async function countIdQueries(reference: string): Promise<number> {
  prometheus.queries.length = 0;
  await test.get(`/containers/${reference}/stats/history`).expect(404);
  return prometheus.queries.filter(({ expression }) => expression.includes('id=~')).length;
}

describe('GET /stats/history of a fleet', () => {
  it('returns the containers of all hosts, and the times of each host', async () => {
    expect(await getHistory()).toStrictEqual({
      hosts: [DB1_TIMES, WEB1_TIMES, WEB2_TIMES],
      containers: [DB, APP_1, CACHE, APP_2],
    });
    const { headers } = await test.get('/stats/history').expect(200);
    expect(headers).toMatchObject({
      'cache-control': 'private, no-cache',
      'x-sampled-at': formatTime(17.5),
    });
  });

  it.each([
    ['&host=web*', [WEB1_TIMES, WEB2_TIMES], [APP_1, CACHE, APP_2]],
    ['&host=web2', [WEB2_TIMES], [APP_2]],
    ['&host=web1&name=c*', [WEB1_TIMES], [CACHE]],
    ['&name=app', [WEB1_TIMES, WEB2_TIMES], [APP_1, APP_2]],
    ['&name=nosuch', [], []],
    ['&project=data', [DB1_TIMES], [DB]],
    ['&project=*&image=nginx:*', [DB1_TIMES, WEB1_TIMES, WEB2_TIMES], [DB, APP_1, APP_2]],
    ['&sort=-cpuUsage&limit=2', [DB1_TIMES, WEB1_TIMES, WEB2_TIMES], [APP_2, DB]],
    [`&until=${formatTime(2)}`, [DB1_TIMES, WEB1_TIMES], [DB, APP_1, CACHE], 1],
    [`&host=web2&since=${formatTime(2.5)}`, [WEB2_TIMES], [APP_2]],
  ])('with %s returns what it selects', async (query, hosts, containers, samples = 2) => {
    expect(await getHistory(query)).toEqual({
      hosts: hosts.map(({ name, sampledAt }) => ({ name, sampledAt: sampledAt.slice(0, samples) })),
      containers: containers.map(({ cpuUsage, ...one }) => ({
        ...one,
        cpuUsage: cpuUsage.slice(0, samples),
      })),
    });
  });

  it.each([
    ['hosts', WEB_KEY, [APP_1, CACHE, APP_2]],
    ['containers', APP_KEY, [APP_1, APP_2]],
    ['projects', DATA_KEY, [DB]],
  ])(
    'returns to a key with a scope of %s only its containers, in each form',
    async (_scope, key, containers) => {
      expect((await getHistory('', key)).containers).toEqual(containers);
      const names = containers.map(({ host, name }) => ({ host, name }));
      for (const query of ['&points=3', '&view=summary', '&name=*', '&host=*'])
        // oxlint-disable-next-line no-await-in-loop -- one request at a time is easier to debug
        expect((await getHistory(query, key)).containers.map(({ host, name }) => ({ host, name }))).toEqual(
          names,
        );
    },
  );

  it.each([
    ['host=nosuch', KEY],
    ['host=web1&host=nosuch', KEY],
    ['host=db1', WEB_KEY],
  ])('responds with 404 to ?%s with the key %s: no such host is visible', async (query, key) => {
    const { body } = await test.client.get(`/stats/history?${query}`).set('X-API-Key', key).expect(404);
    expect(body).toEqual({ statusCode: 404, code: 'not_found', message: 'No Docker host has this name' });
  });

  it('responds with 404 to a key whose scope has no host', async () => {
    const { body } = await test.client.get('/stats/history').set('X-API-Key', OTHER_KEY).expect(404);
    expect(body).toMatchObject({ message: 'No Docker host is visible to this API key' });
  });

  it.each([
    [
      '',
      'sampledAt,host,id,name,cpuUsage',
      [`${formatTime(2.5)},web2,${ID},app,50`, `${formatTime(17.5)},web2,${ID},app,70`],
    ],
    [
      '&points=2',
      'sampledAt,host,id,name,cpuUsage,cpuUsageMin,cpuUsageMax',
      [`${formatTime(0)},web2,${ID},app,50,50,50`, `${formatTime(10)},web2,${ID},app,70,70,70`],
    ],
    [
      '&view=summary',
      'host,id,name,samples,cpuUsageMin,cpuUsageAvg,cpuUsageMax,cpuUsageP95',
      [`web2,${ID},app,2,50,60,70,69`], // interpolated: 0.95 of the way from 50 to 70
    ],
  ])('returns CSV: "%s"', async (query, header, lines) => {
    const path = `/stats/history?format=csv&fields=cpuUsage&host=web2&since=20${query}`;
    const { text, headers } = await test.get(path).expect(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(text.split('\r\n')).toEqual([header, ...lines, '']);
  });

  it('responds with 304 to the current ETag, until the next scrape', async () => {
    const { headers } = await test.get('/stats/history').expect(200);
    const get = () => test.get('/stats/history').set('If-None-Match', String(headers['etag']));
    await get().expect(304);
    await scrape('web2', 32.5, [{ name: 'app' }]);
    vi.setSystemTime(START + 35_000);
    await get().expect(200);
  });

  it('has a renamed container once, with its current name and all figures', async () => {
    await scrape('db1', 30, [{ name: 'a-new-name', cpuUsage: 42 }]);
    vi.setSystemTime(START + 35_000);
    const { containers } = await getHistory('&host=db1');
    expect(containers).toEqual([{ ...DB, name: 'a-new-name', cpuUsage: [40, 41, 42] }]);
  });

  it('has the containers of the newest sample first, then those that ended', async () => {
    await scrape('web1', 31, [{ name: 'x' }, { name: 'cache', cpuUsage: 3 }]);
    vi.setSystemTime(START + 35_000);
    const { containers } = await getHistory('&host=web1');
    expect(containers.map(({ name, cpuUsage }) => [name, cpuUsage])).toEqual([
      ['cache', [1, 2, 3]],
      ['x', [10, 20, 12.45]], // the id that `app` had
    ]);
    await scrape('web1', 46, [{ name: 'x' }]);
    vi.setSystemTime(START + 50_000);
    expect((await getHistory('&host=web1')).containers.map(({ name }) => name)).toEqual(['x', 'cache']);
  });
});

describe('The history of one container of a fleet', () => {
  it.each([
    ['/hosts/web2/containers/app', WEB2_TIMES, APP_2],
    [`/hosts/web2/containers/${ID}`, WEB2_TIMES, APP_2],
    ['/containers/db', DB1_TIMES, DB],
    [`/containers/${CACHE_ID}`, WEB1_TIMES, CACHE],
  ])('%s has one list of times, and names its host', async (path, { sampledAt }, container) => {
    const { body } = await test.get(`${path}/stats/history?fields=cpuUsage`).expect(200);
    expect(body).toStrictEqual({ sampledAt, containers: [container] });
  });

  it('has steps, statistics and CSV', async () => {
    const path = '/hosts/web1/containers/app/stats/history?fields=cpuUsage&since=20';
    const { host, id, name } = APP_1;
    expect((await test.get(`${path}&points=2`).expect(200)).body).toEqual({
      sampledAt: [formatTime(0), formatTime(10)],
      containers: [{ host, id, name, cpuUsage: [10, 20], cpuUsageMin: [10, 20], cpuUsageMax: [10, 20] }],
    });
    expect((await test.get(`${path}&view=summary`).expect(200)).body).toEqual({
      since: formatTime(1),
      until: formatTime(16),
      samples: 2,
      containers: [{ host, id, name, samples: 2, cpuUsage: { min: 10, avg: 15, max: 20, p95: 19.5 } }],
    });
    expect((await test.get(`${path}&format=csv`).expect(200)).text.split('\r\n')).toEqual([
      'sampledAt,host,id,name,cpuUsage',
      `${formatTime(1)},web1,${ID},app,10`,
      `${formatTime(16)},web1,${ID},app,20`,
      '',
    ]);
  });

  it('is ambiguous if several hosts have the container, and the response names them', async () => {
    for (const reference of ['app', ID.slice(0, 12)]) {
      // oxlint-disable-next-line no-await-in-loop -- one request at a time is easier to debug
      const { body } = await test.get(`/containers/${reference}/stats/history`).expect(400);
      expect(body).toMatchObject({
        code: 'invalid_request',
        message: expect.stringMatching(
          /^Ambiguous name or id: containers on the hosts .*web1.* match; use/,
        ) as string,
      });
    }
  });

  it.each([
    ['/containers/nosuch', KEY],
    ['/hosts/web2/containers/cache', KEY],
    ['/hosts/nosuch/containers/app', KEY],
    ['/hosts/web*/containers/cache', KEY],
    ['/containers/db', APP_KEY],
    ['/containers/cache', DATA_KEY],
    ['/hosts/db1/containers/db', WEB_KEY],
  ])('%s with the key %s is not found', async (path, key) => {
    const { body } = await test.client.get(`${path}/stats/history`).set('X-API-Key', key).expect(404);
    expect(body).toMatchObject({ statusCode: 404, code: 'not_found' });
  });

  it('is searched by id only if the reference can be the start of an id', async () => {
    expect(await countIdQueries('-')).toBe(0);
    expect(await countIdQueries('abc')).toBe(0);
    expect(await countIdQueries('abcdef012345')).toBe(1);
  });

  it('cannot select another container with a name that has the syntax of a query', async () => {
    const attack = encodeURIComponent('x"} or docker_container_info{name=~".*');
    await test.get(`/containers/${attack}/stats/history`).expect(404);
    expect((await getHistory(`&name=${attack}`)).containers).toEqual([]);
    await test.get(`/stats/history?host=${attack}`).expect(404);
  });
});
