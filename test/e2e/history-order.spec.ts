import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { History } from 'docker-stats-client';
import { psRow, row } from '../support/docker/docker-rows.js';
import type { FakeCommandRunner } from '../support/docker/fake-command-runner.js';
import { bootApp, type TestApp } from '../support/service/test-app.js';

const START = Date.parse('2027-01-31T12:00:00Z');

/** For each container: its project, and CPU and received bytes in two samples. `old` is only in the first one. */
const CONTAINERS = [
  { name: 'api', project: 'shop', cpu: ['40%', '10%'], received: ['5MB', '6MB'] },
  { name: 'db', project: 'data', cpu: ['10%', '40%'], received: ['1MB', '9MB'] },
  { name: 'idle', project: '', cpu: ['0%', '0%'], received: ['--', '--'] },
  { name: 'old', project: 'ci', cpu: ['90%'], received: ['8MB'] },
] as const;

let test: TestApp<FakeCommandRunner>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  test = await bootApp({ STATS_IDLE_AFTER_MS: '0' }); // no background runs
  test.runner.ps = {
    stdout: CONTAINERS.map(({ name, project }, n) =>
      psRow({ ID: createId(n), Names: name, 'com.docker.compose.project': project }),
    ).join(''),
  };
  for (const sample of [0, 1]) {
    vi.setSystemTime(START + sample * 2000);
    test.runner.stats = {
      stdout: CONTAINERS.map(({ name, cpu, received }, n) =>
        cpu[sample] === undefined
          ? ''
          : row({ Name: name, ID: createId(n), CPUPerc: cpu[sample], NetIO: `${received[sample]} / 0B` }),
      ).join(''),
    };
    await test.get('/stats').set('Cache-Control', 'no-cache').expect(200);
  }
});
afterEach(async () => {
  await test.app.close();
  vi.useRealTimers();
});

/** The id of the container with this number. */
function createId(n: number): string {
  return String(n).repeat(64);
}

async function getNames(query: string): Promise<string[]> {
  const { body } = await test.get(`/stats/history?${query}`).expect(200);
  return (body as History).containers.map(({ name }) => name);
}

describe('GET /stats/history', () => {
  it.each([
    ['sort=-cpuUsage&limit=1', ['old']],
    ['sort=-cpuUsage', ['old', 'api', 'db', 'idle']],
    ['sort=cpuUsage', ['idle', 'api', 'db', 'old']],
    ['sort=-cpuUsage&since=1', ['db', 'api', 'idle']],
    ['sort=-cpuUsage&limit=2&project=*&name=??*&fields=pids', ['old', 'api']],
    ['sort=-networkReceived', ['db', 'old', 'api', 'idle']],
    ['sort=-networkReceivedRate&limit=1', ['db']],
    ['sort=name', ['api', 'db', 'idle', 'old']],
    ['sort=-name&limit=2', ['old', 'idle']],
    ['sort=project', ['old', 'db', 'api', 'idle']],
    ['sort=-service', ['api', 'db', 'idle', 'old']],
    ['limit=2', ['api', 'db']],
    ['limit=100000', ['api', 'db', 'idle', 'old']],
  ])('with ?%s returns the containers %j, in columns, steps and the summary', async (query, names) => {
    expect(await getNames(query)).toEqual(names);
    expect(await getNames(`${query}&points=3`)).toEqual(names);
    expect(await getNames(`${query}&view=summary`)).toEqual(names);
    const { text } = await test.get(`/stats/history?format=csv&view=summary&${query}`).expect(200);
    const lines = text.split('\r\n').slice(1, -1);
    expect(lines.map((line) => line.split(',')[1])).toEqual(names);
  });

  it('returns the figures of the containers in the order of the request', async () => {
    const { body } = await test.get('/stats/history?sort=-networkReceived&limit=2&fields=cpuUsage');
    expect((body as History).containers).toEqual([
      { id: createId(1), name: 'db', cpuUsage: [10, 40] },
      { id: createId(3), name: 'old', cpuUsage: [90, null] },
    ]);
  });

  it('has another ETag for another order of the same containers', async () => {
    const etags = await Promise.all(
      ['', 'sort=-name', 'sort=name', 'limit=4', 'limit=3'].map(
        async (query) => (await test.get(`/stats/history?${query}`).expect(200)).headers['etag'],
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
    await test
      .get(`/stats/history?${query}`)
      .expect(400, { statusCode: 400, code: 'invalid_request', message });
    await test.get(`/containers/api/stats/history?${query}`).expect(400);
  });
});
