import type { HistorySummary } from 'docker-stats-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { row } from '../../support/docker/docker-rows.js';
import { START } from '../../support/history/history-scene.js';
import type { HostsCommandRunner } from '../../support/hosts/hosts-command-runner.js';
import { APP_ID, bootHosts, createHosts, OTHER_KEY, WEB_KEY } from '../../support/hosts/hosts-scene.js';
import { KEY, type TestApp } from '../../support/service/test-app.js';

const CACHE_ID = 'c'.repeat(64);

const APP_1 = { host: 'web1', id: APP_ID, name: 'app' };
const CACHE = { host: 'web1', id: CACHE_ID, name: 'cache' };
const APP_2 = { host: 'web2', id: APP_ID, name: 'app' };

/** When each host is sampled by {@link sampleHosts}, in seconds. `db1` never is. */
const WEB1 = { name: 'web1', sampledAt: [formatTime(0), formatTime(2)] };
const WEB2 = { name: 'web2', sampledAt: [formatTime(1), formatTime(5)] };

let test: TestApp<HostsCommandRunner>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  test = await bootHosts(createHosts());
});
afterEach(async () => {
  await test.app.close();
  vi.useRealTimers();
});

function formatTime(second: number): string {
  return new Date(START + second * 1000).toISOString();
}

/** Samples one host so many seconds after the start. */
async function sample(host: string, second: number, rows: readonly string[]): Promise<void> {
  vi.setSystemTime(START + second * 1000);
  test.runner.get(host).stats = { stdout: rows.join('') };
  await test.get(`/stats?host=${host}`).set('Cache-Control', 'no-cache').expect(200);
}

function sampleWeb1(second: number, appCpu: number, name = 'app'): Promise<void> {
  return sample('web1', second, [
    row({ Name: name, ID: APP_ID, CPUPerc: `${appCpu}%` }),
    row({ Name: 'cache', ID: CACHE_ID, CPUPerc: '1%' }),
  ]);
}

function sampleWeb2(second: number, cpu: number): Promise<void> {
  return sample('web2', second, [row({ Name: 'app', ID: APP_ID, CPUPerc: `${cpu}%` })]);
}

async function sampleHosts(): Promise<void> {
  await sampleWeb1(0, 10);
  await sampleWeb2(1, 50);
  await sampleWeb1(2, 20);
  await sampleWeb2(5, 70);
}

async function getHistory(query = '', key = KEY): Promise<unknown> {
  const path = `/stats/history?fields=cpuUsage${query}`;
  const { body } = await test.client.get(path).set('X-API-Key', key).expect(200);
  return body;
}

describe('GET /stats/history with several hosts', () => {
  it('returns the containers of all hosts, and the times of each host that has samples', async () => {
    await sampleHosts();
    expect(await getHistory()).toStrictEqual({
      hosts: [WEB1, WEB2],
      containers: [
        { ...APP_1, cpuUsage: [10, 20] },
        { ...CACHE, cpuUsage: [1, 1] },
        { ...APP_2, cpuUsage: [50, 70] },
      ],
    });
  });

  it('returns the gaps of each host', async () => {
    for (const second of [0, 2, 4, 64, 66]) await sampleWeb2(second, 5);
    await sampleWeb1(70, 1);
    expect(await getHistory('&name=app')).toEqual({
      hosts: [
        { name: 'web1', sampledAt: [formatTime(70)] },
        { name: 'web2', sampledAt: [0, 2, 4, 6, 62, 64, 66].map(formatTime) },
      ],
      containers: [
        { ...APP_1, cpuUsage: [1] },
        { ...APP_2, cpuUsage: [5, 5, 5, null, null, 5, 5] },
      ],
    });
  });

  it('returns the same steps for all hosts with points', async () => {
    await sampleHosts();
    expect(await getHistory('&points=2&name=app')).toStrictEqual({
      sampledAt: [formatTime(0), formatTime(2.5)],
      containers: [
        { ...APP_1, cpuUsage: [15, null], cpuUsageMin: [10, null], cpuUsageMax: [20, null] },
        { ...APP_2, cpuUsage: [50, 70], cpuUsageMin: [50, 70], cpuUsageMax: [50, 70] },
      ],
    });
  });

  it('returns statistics over the samples of all hosts with view=summary', async () => {
    await sampleHosts();
    expect(await getHistory('&view=summary&name=app')).toStrictEqual({
      since: formatTime(0),
      until: formatTime(5),
      samples: 4,
      containers: [
        { ...APP_1, samples: 2, cpuUsage: { min: 10, avg: 15, max: 20, p95: 20 } },
        { ...APP_2, samples: 2, cpuUsage: { min: 50, avg: 60, max: 70, p95: 70 } },
      ],
    });
  });

  it.each([
    [
      '',
      [
        'sampledAt,host,id,name,cpuUsage',
        `${formatTime(1)},web2,${APP_ID},app,50`,
        `${formatTime(5)},web2,${APP_ID},app,70`,
        `${formatTime(0)},web1,${APP_ID},app,10`,
        `${formatTime(2)},web1,${APP_ID},app,20`,
      ],
    ],
    [
      '&points=2',
      [
        'sampledAt,host,id,name,cpuUsage,cpuUsageMin,cpuUsageMax',
        `${formatTime(0)},web2,${APP_ID},app,50,50,50`,
        `${formatTime(2.5)},web2,${APP_ID},app,70,70,70`,
        `${formatTime(0)},web1,${APP_ID},app,15,10,20`,
        `${formatTime(2.5)},web1,${APP_ID},app,,,`,
      ],
    ],
    [
      '&view=summary',
      [
        'host,id,name,samples,cpuUsageMin,cpuUsageAvg,cpuUsageMax,cpuUsageP95',
        `web2,${APP_ID},app,2,50,60,70,70`,
        `web1,${APP_ID},app,2,10,15,20,20`,
      ],
    ],
  ])('has a column for the host in CSV, and sorts over all hosts: "%s"', async (query, lines) => {
    await sampleHosts();
    const path = `/stats/history?format=csv&fields=cpuUsage&sort=-cpuUsage&limit=2${query}`;
    const { text } = await test.get(path).expect(200);
    expect(text.split('\r\n')).toEqual([...lines, '']);
  });

  it('returns the selected hosts in the same form, also a single one', async () => {
    await sampleHosts();
    expect(await getHistory('&host=*2')).toEqual({
      hosts: [WEB2],
      containers: [{ ...APP_2, cpuUsage: [50, 70] }],
    });
    expect(await getHistory('&since=3')).toEqual({
      hosts: [
        { ...WEB1, sampledAt: [formatTime(2)] },
        { ...WEB2, sampledAt: [formatTime(5)] },
      ],
      containers: [
        { ...APP_1, cpuUsage: [20] },
        { ...CACHE, cpuUsage: [1] },
        { ...APP_2, cpuUsage: [70] },
      ],
    });
    await test.get('/stats/history?host=web1&host=nosuch').expect(404);
  });

  it('returns the times without containers if the filter selects none', async () => {
    await sampleHosts();
    expect(await getHistory('&name=nosuch')).toEqual({ hosts: [WEB1, WEB2], containers: [] });
  });

  it('is empty without a sample', async () => {
    const { headers } = await test.get('/stats/history').expect(200, { hosts: [], containers: [] });
    expect(headers).not.toHaveProperty('x-sampled-at');
    expect(await getHistory('&points=2')).toMatchObject({ containers: [] });
    expect(await getHistory('&view=summary')).toEqual({
      since: null,
      until: null,
      samples: 0,
      containers: [],
    });
    const { text } = await test.get('/stats/history?format=csv&fields=pids').expect(200);
    expect(text).toBe('sampledAt,host,id,name,pids\r\n');
  });

  it('returns to a key only the hosts of its scope', async () => {
    await sampleHosts();
    await sample('db1', 6, [row({ Name: 'db', ID: 'd'.repeat(64) })]);
    const summary = (await getHistory('&view=summary', WEB_KEY)) as HistorySummary;
    expect(summary.samples).toBe(4);
    expect(summary.containers.map(({ host }) => host)).toEqual(['web1', 'web1', 'web2']);
    expect(await getHistory('', WEB_KEY)).toMatchObject({ hosts: [WEB1, WEB2] });
    await test.client.get('/stats/history?host=db1').set('X-API-Key', WEB_KEY).expect(404);
    await test.client.get('/stats/history').set('X-API-Key', OTHER_KEY).expect(404);
  });

  it('responds with 304 to the current ETag, until the next sample of any of its hosts', async () => {
    await sampleHosts();
    const { headers } = await test.get('/stats/history?host=web*').expect(200);
    expect(headers['x-sampled-at']).toBe(formatTime(5));
    const get = () => test.get('/stats/history?host=web*').set('If-None-Match', String(headers['etag']));
    await sample('db1', 6, [row()]);
    await get().expect(304);
    await sampleWeb1(7, 20);
    await get().expect(200);
  });

  it('does not return a container that a sample renamed, although another host has a newer sample', async () => {
    await sampleHosts();
    const query = `&name=app&view=summary&until=${formatTime(3)}`;
    expect(await getHistory(query)).toMatchObject({ containers: [APP_1, APP_2] });
    await sampleWeb1(4, 20, 'secret');
    expect(await getHistory(query)).toMatchObject({ containers: [APP_2] });
  });
});

describe('The history of one container of several hosts', () => {
  it('has one list of times, and names its host', async () => {
    await sampleHosts();
    const { body } = await test.get('/hosts/web2/containers/app/stats/history?fields=cpuUsage').expect(200);
    expect(body).toStrictEqual({
      sampledAt: WEB2.sampledAt,
      containers: [{ ...APP_2, cpuUsage: [50, 70] }],
    });
    const found = await test.get('/containers/cache/stats/history?fields=cpuUsage&format=csv').expect(200);
    expect(found.text.split('\r\n').slice(0, 2)).toEqual([
      'sampledAt,host,id,name,cpuUsage',
      `${formatTime(0)},web1,${CACHE_ID},cache,1`,
    ]);
  });

  it('is ambiguous if several hosts have the container', async () => {
    await sampleHosts();
    const { body } = await test.get('/containers/app/stats/history').expect(400);
    expect(body).toMatchObject({
      message:
        'Ambiguous name or id: containers on the hosts web2, web1 match; use /hosts/HOST/containers/REFERENCE/stats/history',
    });
  });
});
