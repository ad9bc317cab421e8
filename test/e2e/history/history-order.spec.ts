import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SOURCES } from '../../support/contract/stats-scene.js';
import { psRow, row } from '../../support/docker/docker-rows.js';
import { getNames, HistoryScene } from '../../support/history/history-scene.js';

/** For each container: its project, and CPU and received bytes in two samples. `old` is only in the first one. */
const CONTAINERS = [
  { name: 'api', project: 'shop', cpu: ['40%', '10%'], received: ['5MB', '6MB'] },
  { name: 'db', project: 'data', cpu: ['10%', '40%'], received: ['1MB', '9MB'] },
  { name: 'idle', project: '', cpu: ['0%', '0%'], received: ['--', '--'] },
  { name: 'old', project: 'ci', cpu: ['90%'], received: ['8MB'] },
] as const;

/** The rows of the n-th sample. */
function createRows(n: number): string[] {
  return CONTAINERS.flatMap(({ name, cpu, received }, number) =>
    cpu[n] === undefined
      ? []
      : [row({ Name: name, ID: createId(number), CPUPerc: cpu[n], NetIO: `${received[n]} / 0B` })],
  );
}

/** The id of the container with this number. */
function createId(n: number): string {
  return String(n).repeat(64);
}

describe.each(SOURCES)('With %s, GET /stats/history', (source) => {
  let scene: HistoryScene;
  beforeAll(async () => {
    scene = await HistoryScene.start(source);
    scene.test.runner.ps = {
      stdout: CONTAINERS.map(({ name, project }, n) =>
        psRow({ ID: createId(n), Names: name, 'com.docker.compose.project': project }),
      ).join(''),
    };
    for (const n of [0, 1]) await scene.sample(n * 2, createRows(n));
  });
  beforeEach(() => scene.setTime(2)); // after each test, the date is the real one again
  afterAll(() => scene.close());

  async function readNames(query: string): Promise<string[]> {
    return getNames(await scene.getHistory(`?${query}`));
  }

  it.each([
    ['sort=-cpuUsage&limit=1', ['old']],
    ['sort=-cpuUsage', ['old', 'api', 'db', 'idle']],
    ['sort=cpuUsage', ['idle', 'api', 'db', 'old']],
    ['sort=-cpuUsage&since=1', ['db', 'api', 'idle']],
    ['sort=-cpuUsage&limit=2&project=*&name=??*&fields=pids', ['old', 'api']],
    ['sort=-networkReceived', ['db', 'old', 'api', 'idle']],
    ['sort=-networkReceivedRate&limit=1&since=3', ['db']],
    ['sort=name', ['api', 'db', 'idle', 'old']],
    ['sort=-name&limit=2', ['old', 'idle']],
    ['sort=project', ['old', 'db', 'api', 'idle']],
    ['sort=-service', ['api', 'db', 'idle', 'old']],
    ['limit=2', ['api', 'db']],
    ['limit=100000', ['api', 'db', 'idle', 'old']],
  ])('with ?%s returns the containers %j, in columns, steps and the summary', async (query, names) => {
    expect(await readNames(query)).toEqual(names);
    expect(await readNames(`${query}&points=3`)).toEqual(names);
    expect(await readNames(`${query}&view=summary`)).toEqual(names);
    const { text } = await scene.test.get(`/stats/history?format=csv&view=summary&${query}`).expect(200);
    const lines = scene.withoutHostColumn(text).split('\r\n').slice(1, -1);
    expect(lines.map((line) => line.split(',')[1])).toEqual(names);
  });

  it('returns the figures of the containers in the order of the request', async () => {
    const { body } = await scene.test.get('/stats/history?sort=-networkReceived&limit=2&fields=cpuUsage');
    expect(scene.withoutHost(body)).toMatchObject({
      containers: [
        { id: createId(1), name: 'db', cpuUsage: [10, 40] },
        { id: createId(3), name: 'old', cpuUsage: [90, null] },
      ],
    });
  });

  it('has another ETag for another order of the same containers', async () => {
    const etags = await Promise.all(
      ['', 'sort=-name', 'sort=name', 'limit=4', 'limit=3'].map(
        async (query) => (await scene.test.get(`/stats/history?${query}`).expect(200)).headers['etag'],
      ),
    );
    expect(new Set(etags).size).toBe(3);
  });

  it.each([
    [
      'sort=id',
      'Query parameter "sort" must be a field such as "cpuUsage", or "-cpuUsage" for the highest first',
    ],
    ['limit=0', 'Query parameter "limit" must be a whole number from 1 to 100000'],
  ])('rejects ?%s with 400', async (query, message) => {
    await scene.test
      .get(`/stats/history?${query}`)
      .expect(400, { statusCode: 400, code: 'invalid_request', message });
    await scene.test.get(`/containers/api/stats/history?${query}`).expect(400);
  });
});
