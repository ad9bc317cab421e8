import { afterAll, beforeAll, describe, it } from 'vitest';
import { SOURCES } from '../../support/contract/stats-scene.js';
import { HistoryScene } from '../../support/history/history-scene.js';

const ALLOWED =
  'allowed: api_key, fields, format, health, host, image, limit, name, points, project, service, since, sort, until, view';

describe.each(SOURCES)('With %s, GET /stats/history', (source) => {
  let scene: HistoryScene;
  beforeAll(async () => {
    scene = await HistoryScene.start(source);
  });
  afterAll(() => scene.close());

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
});
