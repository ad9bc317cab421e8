import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { History } from 'docker-stats-client';
import { SOURCES } from '../../support/contract/stats-scene.js';
import { row } from '../../support/docker/docker-rows.js';
import { DB, getNames, HistoryScene, START, TIMES, WEB } from '../../support/history/history-scene.js';

/** A window of two steps, each with a sample. */
const STEPS = 'since=2027-01-31T11:59:59Z&until=2027-01-31T12:00:03Z';

describe.each(SOURCES)('With %s, GET /stats/history', (source) => {
  /** A storage interpolates between the two highest values. */
  const P95 = source === 'a fleet' ? { db: 92.815, web: 29 } : { db: 102.85, web: 30 };

  let scene: HistoryScene;
  beforeEach(async () => {
    scene = await HistoryScene.start(source);
  });
  afterEach(() => scene.close());

  it('returns the fields of the request, and rates in MB/s', async () => {
    await scene.sampleThrice();
    const { containers } = await scene.getHistory('?fields=networkReceived,networkReceivedRate&name=web-1');
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
    await scene.sampleThrice();
    expect(await scene.getHistory(`?points=2&fields=cpuUsage,networkReceived&name=web-1&${STEPS}`)).toEqual({
      sampledAt: ['2027-01-31T11:59:59.000Z', '2027-01-31T12:00:01.000Z'],
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
    await scene.sampleThrice();
    const { body } = await scene.test.get(
      '/stats/history?view=summary&since=1m&fields=cpuUsage,networkReceived',
    );
    expect(scene.withoutHost(body)).toStrictEqual({
      since: TIMES[0],
      until: TIMES[2],
      samples: 3,
      containers: [
        {
          id: DB.ID,
          name: 'db',
          samples: 3,
          cpuUsage: { min: 1, avg: 35.45, max: 102.85, p95: P95.db },
          networkReceived: { min: 0.0009727478, avg: null, max: 0.0009727478, p95: null },
        },
        {
          id: WEB.ID,
          name: 'web-1',
          samples: 2,
          cpuUsage: { min: 10, avg: 20, max: 30, p95: P95.web },
          networkReceived: { min: 0.0009536743, avg: null, max: 0.4768372, p95: null },
        },
      ],
    });
  });

  it.each([
    ['?format=csv&fields=cpuUsage,pids', {}],
    ['?fields=cpuUsage,pids', { Accept: 'text/csv' }],
  ])('returns a CSV line per container and time: %s %o', async (query, headers) => {
    await scene.sampleThrice();
    const response = await scene.test.get(`/stats/history${query}`).set(headers);
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(scene.withoutHostColumn(response.text).split('\r\n')).toEqual([
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
    await scene.sampleThrice();
    const { text } = await scene.test.get('/stats/history?format=csv&view=summary&fields=cpuUsage&name=db');
    expect(scene.withoutHostColumn(text)).toBe(
      `id,name,samples,cpuUsageMin,cpuUsageAvg,cpuUsageMax,cpuUsageP95\r\n${DB.ID},db,3,1,35.45,102.85,${P95.db}\r\n`,
    );
  });

  it('returns JSON if the client accepts only text', async () => {
    await scene.sampleThrice();
    const { headers } = await scene.test.get('/stats/history').set('Accept', 'text/plain').expect(200);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
  });

  it('responds with 304 to the current ETag, until the next sample', async () => {
    await scene.sampleThrice();
    const { headers } = await scene.test.get('/stats/history?since=1h');
    const etag = String(headers['etag']);
    vi.setSystemTime(START + 10_000);
    const get = () => scene.test.get('/stats/history?since=1h').set('If-None-Match', etag);
    expect((await get().expect(304)).headers).toMatchObject({ etag, 'cache-control': 'private, no-cache' });
    await scene.sample(11, [row(DB)]);
    await get().expect(200);
  });

  it('compresses large responses', async () => {
    await scene.sample(
      0,
      Array.from({ length: 30 }, (_, n) => row({ Name: `x-${n}`, ID: `${n}`.padStart(64, '0') })),
    );
    const { headers, body } = await scene.test
      .get('/stats/history')
      .set('Accept-Encoding', 'gzip')
      .expect(200);
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      etag: expect.stringMatching(/-gzip"$/) as string,
    });
    expect(getNames(body as History)).toHaveLength(30);
  });
});
