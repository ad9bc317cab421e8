import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContainerHistory, History } from 'docker-stats-client';
import { ResponseMemoryLimit } from '../../../src/stats/limits/response-memory-limit.js';
import { psRow, row } from '../../support/docker/docker-rows.js';
import { failure } from '../../support/docker/fake-command-runner.js';
import { DB, getNames, HistoryScene, START, TIMES, WEB } from '../../support/history/history-scene.js';
import { KEY } from '../../support/service/test-app.js';

const ALLOWED =
  'allowed: api_key, fields, format, health, host, image, limit, name, points, project, service, since, sort, until, view';

let scene: HistoryScene;
beforeEach(async () => {
  scene = await HistoryScene.start();
});
afterEach(() => scene.close());

describe('GET /stats/history', () => {
  it('returns CPU and memory of every container in every sample, in columns', async () => {
    await scene.sampleThrice();
    const { status, headers, body } = await scene.test.get('/stats/history');
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
    const { headers } = await scene.test.get('/stats/history').expect(200, { sampledAt: [], containers: [] });
    expect(headers).not.toHaveProperty('x-sampled-at');
    await scene.test.get('/stats/history?points=2').expect(200);
    await scene.test
      .get('/stats/history?view=summary')
      .expect(200, { since: null, until: null, samples: 0, containers: [] });
    expect(scene.test.runner.statsRuns).toBe(0);
  });

  it('serves the kept samples when docker fails', async () => {
    await scene.sampleThrice();
    scene.test.runner.stats = failure('Cannot connect to the Docker daemon');
    await scene.test.get('/stats').set('Cache-Control', 'no-cache').expect(500);
    expect((await scene.getHistory()).sampledAt).toEqual(TIMES);
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
    await scene.sampleThrice();
    expect((await scene.getHistory(`?${query}`)).sampledAt).toEqual(times);
  });

  it('returns a pause without requests as a gap', async () => {
    for (const second of [0, 2, 4, 64, 66]) await scene.sample(second, [row(DB)]);
    const { sampledAt, containers } = await scene.getHistory('?fields=pids');
    expect(sampledAt.map((time) => (Date.parse(time) - START) / 1000)).toEqual([0, 2, 4, 6, 62, 64, 66]);
    expect(containers[0]?.pids).toEqual([7, 7, 7, null, null, 7, 7]);
  });

  it('forgets samples older than HISTORY_MS', async () => {
    await scene.restart({ HISTORY_MS: '3000' });
    await scene.sampleThrice();
    expect((await scene.getHistory()).sampledAt).toEqual(TIMES.slice(1));
    vi.setSystemTime(START + 60_000);
    expect(await scene.getHistory()).toEqual({ sampledAt: [], containers: [] });
  });

  it('keeps only as many samples as HISTORY_MAX_BYTES allows', async () => {
    await scene.restart({ HISTORY_MAX_BYTES: '1500' });
    await scene.sampleThrice();
    expect((await scene.getHistory()).sampledAt).toEqual(TIMES.slice(2));
  });

  it('responds with 404 if HISTORY_MS is 0', async () => {
    await scene.restart({ HISTORY_MS: '0' });
    const message = 'The history is switched off: HISTORY_MS is 0';
    for (const path of ['/stats/history', '/containers/db/stats/history']) {
      await scene.test.get(path).expect(404, { statusCode: 404, code: 'not_found', message });
    }
  });

  it('filters by name, with wildcards, by the latest name of each container', async () => {
    await scene.sampleThrice();
    await scene.sample(6, [row({ ...DB, Name: 'db-old' })]);
    expect(getNames(await scene.getHistory('?name=db*&name=nosuch'))).toEqual(['db-old']);
    expect(getNames(await scene.getHistory('?name=db'))).toEqual([]);
    expect((await scene.getHistory('?name=db-old')).sampledAt).toHaveLength(4);
  });

  it('filters by project, image and health, also for a key with a scope of projects', async () => {
    const SHOP = 'shop-key-0123456789';
    await scene.restart({ API_KEYS: `${KEY},shop:${SHOP};projects=shop` });
    scene.test.runner.ps = {
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
    await scene.sampleThrice();
    expect(getNames(await scene.getHistory('?project=shop'))).toEqual(['web-1']);
    expect(getNames(await scene.getHistory('?project=*&image=postgres:*'))).toEqual(['db']);
    expect(getNames(await scene.getHistory('?health=healthy'))).toEqual(['web-1']);
    expect(getNames(await scene.getHistory('', SHOP))).toEqual(['web-1']);
    expect(getNames(await scene.getHistory('?project=data', SHOP))).toEqual([]);
    await scene.test.client.get('/containers/db/stats/history').set('X-API-Key', SHOP).expect(404);
    await scene.test.client.get('/containers/web-1/stats/history').set('X-API-Key', SHOP).expect(200);
  });

  it('returns to a key with a scope only the containers of its scope, by their latest names', async () => {
    const web = 'web-key-0123456789';
    await scene.restart({ API_KEYS: `${KEY},web:${web};containers=web-*` });
    await scene.sampleThrice();
    expect(getNames(await scene.getHistory('', web))).toEqual(['web-1']);
    expect(getNames(await scene.getHistory())).toEqual(['db', 'web-1']);
    const get = (name: string) =>
      scene.test.client.get(`/containers/${name}/stats/history`).set('X-API-Key', web);
    await get('web-1').expect(200);
    await get('db').expect(404);
    await get(DB.ID).expect(404);
    await scene.sample(6, [row({ ...WEB, Name: 'secret' })]);
    expect(getNames(await scene.getHistory('', web))).toEqual([]);
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
    await scene.test
      .get(`/stats/history?${query}`)
      .expect(400, { statusCode: 400, code: 'invalid_request', message });
  });

  it('rejects requests for more than 1,000,000 values, and says what to do', async () => {
    await scene.sample(
      0,
      Array.from({ length: 101 }, (_, n) => row({ Name: `x-${n}`, ID: `${n}`.padStart(64, '0') })),
    );
    const { status, body } = await scene.test.get('/stats/history?points=10000&fields=pids');
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
    await scene.test.get('/stats/history?points=10000&fields=pids&name=x-1?').expect(200);
  });

  it('refuses a key with too many unread responses', async () => {
    await scene.sampleThrice();
    scene.test.app.get(ResponseMemoryLimit).reserve({ name: 'ci' }, { size: 2 ** 26 });
    const { status, body } = await scene.test.get('/stats/history');
    expect({ status, body: body as unknown }).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });
});

describe('GET /containers/{name or id}/stats/history', () => {
  it.each([
    ['name', 'web-1'],
    ['id', WEB.ID],
    ['id prefix', WEB.ID.slice(0, 12)],
  ])('returns one container by its %s, although it has ended', async (_how, reference) => {
    await scene.sampleThrice();
    await scene.test.get(`/containers/${reference}/stats/history?fields=cpuUsage`).expect(200, {
      sampledAt: TIMES,
      containers: [{ id: WEB.ID, name: 'web-1', cpuUsage: [10, 30, null] }],
    });
  });

  it('returns the container seen last, if several had the name', async () => {
    await scene.sample(0, [row({ ...WEB, ID: 'e'.repeat(64) })]);
    await scene.sample(2, [row(WEB)]);
    const { body } = await scene.test.get('/containers/web-1/stats/history');
    expect((body as History).containers.map(({ id }: ContainerHistory) => id)).toEqual([WEB.ID]);
  });

  it('responds with 404 to an unknown container', async () => {
    await scene.sampleThrice();
    const message = 'The history has no container with this name or id';
    await scene.test
      .get('/containers/nosuch/stats/history')
      .expect(404, { statusCode: 404, code: 'not_found', message });
  });

  it('responds with 400 if several containers have the id prefix', async () => {
    await scene.sample(0, [
      row({ ...WEB, ID: `${'a'.repeat(12)}1` }),
      row({ ...DB, ID: `${'a'.repeat(12)}2` }),
    ]);
    const message = 'Ambiguous id: 2 containers match; use a longer id prefix';
    await scene.test
      .get(`/containers/${'a'.repeat(12)}/stats/history`)
      .expect(400, { statusCode: 400, code: 'invalid_request', message });
  });
});
