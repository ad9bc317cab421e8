import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ResponseMemoryLimit } from '../../../src/stats/limits/response-memory-limit.js';
import { SOURCES } from '../../support/contract/stats-scene.js';
import { psRow, row } from '../../support/docker/docker-rows.js';
import { failure } from '../../support/docker/fake-command-runner.js';
import { DB, getNames, HistoryScene, START, TIMES, WEB } from '../../support/history/history-scene.js';
import { KEY } from '../../support/service/test-app.js';

describe.each(SOURCES)('With %s, GET /stats/history', (source) => {
  let scene: HistoryScene;
  beforeEach(async () => {
    scene = await HistoryScene.start(source);
  });
  afterEach(() => scene.close());

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
    expect(scene.withoutHost(body)).toStrictEqual({
      sampledAt: TIMES,
      containers: [
        { id: DB.ID, name: 'db', cpuUsage: [1, 2.5, 102.85], memoryUsage: [102.9, 102.9, null] },
        { id: WEB.ID, name: 'web-1', cpuUsage: [10, 30, null], memoryUsage: [102.9, 102.9, null] },
      ],
    });
  });

  it('returns empty columns without a sample, and does not run docker', async () => {
    const { headers } = await scene.test.get('/stats/history').expect(200);
    expect(headers).not.toHaveProperty('x-sampled-at');
    expect(await scene.getHistory()).toEqual({ sampledAt: [], containers: [] });
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

  it('responds with 404 if HISTORY_MS is 0', async () => {
    await scene.restart({ HISTORY_MS: '0' });
    const message = 'The history is switched off: HISTORY_MS is 0';
    for (const path of ['/stats/history', '/containers/db/stats/history']) {
      await scene.test.get(path).expect(404, { statusCode: 404, code: 'not_found', message });
    }
  });

  it('filters by name, with wildcards', async () => {
    await scene.sampleThrice();
    expect(getNames(await scene.getHistory('?name=d*&name=nosuch'))).toEqual(['db']);
    expect(getNames(await scene.getHistory('?name=web-?'))).toEqual(['web-1']);
    expect(getNames(await scene.getHistory('?name=web'))).toEqual([]);
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

  it('returns to a key with a scope only the containers of its scope', async () => {
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
  });

  it('refuses a key with too many unread responses', async () => {
    await scene.sampleThrice();
    scene.test.app.get(ResponseMemoryLimit).reserve({ name: 'ci' }, { size: 2 ** 26 });
    const { status, body } = await scene.test.get('/stats/history');
    expect({ status, body: body as unknown }).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });
});
