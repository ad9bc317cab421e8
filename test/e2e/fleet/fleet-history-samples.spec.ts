import type { HistorySummary, HostsHistory } from 'docker-stats-client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePrometheus } from '../../support/prometheus/fake/fake-prometheus.js';
import {
  bootFleetForTest,
  type FleetTest,
  scrapeFleet,
  scrapeHost,
  scrapeWithoutDocker,
} from '../../support/prometheus/fake/fleet-scene.js';
import { KEY } from '../../support/service/test-app.js';

const START = Date.parse('2027-01-31T12:00:00Z');
const APP_KEY = 'app-key-0123456789';

let prometheus: FakePrometheus;
let test: FleetTest;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START + 20_000 });
  prometheus = await FakePrometheus.start();
  await scrapeFleet(prometheus, toSeconds(0));
  await scrapeFleet(prometheus, toSeconds(15));
  test = await bootFleetForTest(prometheus, { API_KEYS: `all:${KEY},app:${APP_KEY};containers=app` });
});

function toSeconds(second: number): number {
  return START / 1000 + second;
}

function formatTime(second: number): string {
  return new Date(START + second * 1000).toISOString();
}

async function get<T>(query: string, key = KEY): Promise<T> {
  const { body } = await test.client.get(`/stats/history?${query}`).set('X-API-Key', key).expect(200);
  return body as T;
}

/** Returns the queries for the samples of hosts. */
function findHostQueries(): readonly string[] {
  return prometheus.queries.map(({ expression }) => expression).filter((one) => one.includes('docker_up'));
}

function hasRangeQuery(): boolean {
  return prometheus.queries.some(({ form }) => form.has('step'));
}

describe('The samples of the hosts of a fleet', () => {
  it.each([
    ['name=db', KEY, ['db1']],
    ['project=data&view=summary', KEY, ['db1']],
    ['name=cache&points=5', KEY, ['web1']],
    ['', APP_KEY, ['web1', 'web2']],
  ])('are read for ?%s only of hosts with a selected container', async (query, key, hosts) => {
    await get(query, key);
    const selectors = findHostQueries().flatMap((expression) => expression.match(/docker_up\{.*?\}/g) ?? []);
    expect(new Set(selectors).size).toBe(1);
    expect(selectors[0]).toContain(`instance=~"(?s:${hosts.join('|')})"`);
  });

  it('are also those of a host without a container, if all containers are selected', async () => {
    await scrapeHost(prometheus, 'empty', [], { at: toSeconds(15) });
    const { hosts } = await get<HostsHistory>('');
    expect(hosts.map(({ name }) => name)).toEqual(['db1', 'empty', 'web1', 'web2']);
  });

  it('are those of the selected hosts, also if the names of the hosts are too long for a query', async () => {
    const names = Array.from({ length: 25 }, (_, n) => `${'x'.repeat(200)}${n}`);
    await Promise.all(
      names.map((name) => scrapeHost(prometheus, name, [{ name: 'agent' }], { at: toSeconds(15) })),
    );
    const { hosts } = await get<HostsHistory>('name=agent');
    expect(hosts.map(({ name }) => name)).toEqual(names.toSorted());
    expect(findHostQueries().every(({ length }) => length < 1000)).toBe(true);
  });

  it('are counted for a summary without their times; their times are read only for rates', async () => {
    const summary = await get<HistorySummary>('view=summary');
    expect(summary).toMatchObject({ since: formatTime(0), until: formatTime(15), samples: 6 });
    expect(hasRangeQuery()).toBe(false);
    await get('view=summary&fields=networkSentRate');
    expect(hasRangeQuery()).toBe(true);
  });

  it('are counted for a summary although the target of a host got other labels', async () => {
    const db = { name: 'db', project: 'data', cpuUsage: 60 };
    await scrapeHost(prometheus, 'db1', [db], { at: toSeconds(30), labels: { zone: 'b' } });
    vi.setSystemTime(START + 35_000);
    expect(await get('view=summary&host=db1&fields=cpuUsage')).toMatchObject({
      since: formatTime(0),
      until: formatTime(30),
      samples: 3,
      containers: [{ name: 'db', samples: 3, cpuUsage: { min: 40, max: 60 } }],
    });
  });
});

describe('X-Sampled-At of the history of a fleet', () => {
  const LAST = formatTime(15);

  it.each(['points=2', 'points=900', 'points=900&fields=blockReadRate'])(
    'is the time of the last sample with ?%s, however short the steps are',
    async (query) => {
      const { headers } = await test.get(`/stats/history?${query}`).expect(200);
      expect(headers['x-sampled-at']).toBe(LAST);
    },
  );

  it.each(['points=10', 'view=summary', 'points=10&fields=blockReadRate'])(
    'is the time of the last sample with ?%s, also if docker is down since then, and if "until" is in the future',
    async (query) => {
      const send = async (until: string): Promise<unknown> =>
        (await test.get(`/stats/history?host=web2&${query}${until}`).expect(200)).headers['x-sampled-at'];
      scrapeWithoutDocker(prometheus, 'web2', toSeconds(30));
      vi.setSystemTime(START + 600_000);
      expect(await send('')).toBe(LAST);
      expect(await send(`&since=15m&until=${formatTime(3600)}`)).toBe(LAST);
    },
  );

  it('is missing without a sample in the window', async () => {
    vi.setSystemTime(START + 960_000);
    const { headers } = await test.get('/stats/history?points=10').expect(200);
    expect(headers).not.toHaveProperty('x-sampled-at');
  });
});
