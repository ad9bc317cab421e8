import type { HistoryPoints, HistorySummary, HostsHistory } from 'docker-stats-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { FakePrometheus } from '../../support/prometheus/fake/fake-prometheus.js';
import { scrapeHost } from '../../support/prometheus/fake/fleet-scene.js';
import { bootApp, type TestApp } from '../../support/service/test-app.js';

const END = Date.parse('2027-01-31T12:00:00Z');
const SCRAPE_MS = 240_000;
const COUNT = 1080;
const DAY_MS = 86_400_000;

/** How exactly a storage gives the first and the last time: a part of the window. */
const PRECISION = 1 / 200;

/** What the container receives between two scrapes in MB: so little that docker's rounding does not make its rate useless. */
const RECEIVED = 0.5;
const RATE = expect.closeTo(RECEIVED / (SCRAPE_MS / 1000), 6) as number;

/** What a container used at a scrape. */
interface Scrape {
  readonly at: number;
  readonly cpu: number;
  readonly received: number;
}

/** The scrapes of three days. The container restarts in the middle: its totals begin again. */
const WEB1: readonly Scrape[] = Array.from({ length: COUNT }, (_, n) => ({
  at: END - (COUNT - 1 - n) * SCRAPE_MS - 100_000,
  cpu: (n * 37) % 101,
  received: (n < COUNT / 2 ? n : n - COUNT / 2) * RECEIVED,
}));

/** The host is down for 13 hours of the second day. */
const WEB2: readonly Scrape[] = WEB1.filter((_, n) => n < 400 || n >= 600);

let prometheus: FakePrometheus;
let test: TestApp<FakeCommandRunner>;
beforeAll(async () => {
  prometheus = await FakePrometheus.start();
  /* oxlint-disable no-await-in-loop -- in the order of their times */
  for (const { at, cpu, received } of WEB1)
    await scrape('web1', at, { cpuUsage: cpu, networkReceived: received });
  for (const { at, cpu, received } of WEB2)
    await scrape('web2', at, { cpuUsage: cpu, networkReceived: received });
  /* oxlint-enable no-await-in-loop */
  test = await boot();
}, 60_000); // on a busy machine, 2000 scrapes take long
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: END })); // after each test, the date is the real one again
afterAll(async () => {
  await test.app.close();
  await prometheus.stop();
});

function scrape(host: string, at: number, values: object): Promise<void> {
  return scrapeHost(prometheus, host, [{ name: 'app', ...values }], { at: at / 1000 });
}

function boot(env: Record<string, string> = {}): Promise<TestApp<FakeCommandRunner>> {
  const settings = { STATS_SOURCE: 'prometheus', PROMETHEUS_URL: prometheus.url, STATS_IDLE_AFTER_MS: '0' };
  return bootApp({ ...settings, ...env }, { runner: new FakeCommandRunner() });
}

async function get<T>(query: string, { get: send } = test): Promise<T> {
  return (await send(`/stats/history?${query}`).expect(200)).body as T;
}

function formatTimes(times: readonly number[]): readonly string[] {
  return times.map((at) => new Date(at).toISOString());
}

/** The scrapes after a time, until another one, both in days before the end. */
function findScrapes(scrapes: readonly Scrape[], since: number, until: number): readonly Scrape[] {
  return scrapes.filter(({ at }) => at > END - since * DAY_MS && at <= END - until * DAY_MS);
}

function listCpu(scrapes: readonly Scrape[]): readonly number[] {
  return scrapes.map(({ cpu }) => cpu);
}

function average(values: readonly number[]): unknown {
  return expect.closeTo(values.reduce((sum, value) => sum + value, 0) / values.length, 3);
}

describe('The history of a fleet over days', () => {
  it.each([
    ['since=2d', 2, 0],
    ['since=3d&until=1d', 3, 1],
    [`since=${formatTimes([END - DAY_MS])[0]}`, 1, 0],
  ])('has every scrape of the window ?%s', async (query, since, until) => {
    const scrapes = findScrapes(WEB1, since, until);
    expect(await get<HostsHistory>(`${query}&host=web1&fields=cpuUsage`)).toMatchObject({
      hosts: [{ name: 'web1', sampledAt: formatTimes(scrapes.map(({ at }) => at)) }],
      containers: [{ cpuUsage: listCpu(scrapes) }],
    });
  });

  it('has the last 15 minutes without since, also in steps', async () => {
    const { hosts } = await get<HostsHistory>('host=web1');
    const recent = WEB1.map(({ at }) => at).filter((at) => at > END - 900_000);
    expect(hosts[0]?.sampledAt).toEqual(formatTimes(recent));
    const { sampledAt } = await get<HistoryPoints>('points=3');
    expect(sampledAt).toEqual(formatTimes([END - 900_000, END - 600_000, END - 300_000]));
  });

  it('has average, minimum and maximum of each step', async () => {
    const { sampledAt, containers } = await get<HistoryPoints>('since=3d&points=3&host=web1&fields=cpuUsage');
    const days = [3, 2, 1].map((day) => listCpu(findScrapes(WEB1, day, day - 1)));
    expect(sampledAt).toEqual(formatTimes([3, 2, 1].map((day) => END - day * DAY_MS)));
    expect(containers).toMatchObject([
      {
        cpuUsage: days.map(average),
        cpuUsageMin: days.map((values) => Math.min(...values)),
        cpuUsageMax: days.map((values) => Math.max(...values)),
      },
    ]);
  });

  it('has the last total of each step, and its rate, which is null when the container restarted', async () => {
    const query = 'since=3d&points=3&host=web1&fields=networkReceived,networkReceivedRate';
    const { containers } = await get<HistoryPoints>(query);
    const lasts = [3, 2, 1].map((day) => findScrapes(WEB1, day, day - 1).at(-1)?.received);
    expect(containers).toMatchObject([{ networkReceived: lasts, networkReceivedRate: [null, null, RATE] }]);
  });

  it('has rates in steps that are shorter than the distance of scrapes: in those with a scrape', async () => {
    const query = 'since=1h&points=120&host=web1&fields=networkReceivedRate';
    const { sampledAt, containers } = await get<HistoryPoints>(query);
    const rates = containers[0]?.networkReceivedRate ?? [];
    const expected = sampledAt.map((start) => {
      const hasScrape = WEB1.some(({ at }) => at > Date.parse(start) && at <= Date.parse(start) + 30_000);
      return hasScrape ? RATE : null;
    });
    const first = expected.findIndex((rate) => rate !== null);
    expect(rates).toEqual(expected.with(first, null)); // nothing to compare it with
  });

  it('has null in steps while a host was down, and no rate across that time', async () => {
    const query = 'since=3d&points=72&fields=cpuUsage,networkReceivedRate&host=web2';
    const { containers } = await get<HistoryPoints>(query);
    const hours = Array.from({ length: 72 }, (_, n) => {
      const values = listCpu(findScrapes(WEB2, (72 - n) / 24, (71 - n) / 24));
      return values.length === 0 ? null : average(values);
    });
    expect(hours.filter((hour) => hour === null)).toHaveLength(13);
    expect(containers[0]?.cpuUsage).toEqual(hours);
    const firstAfter = hours.lastIndexOf(null) + 1;
    expect(containers[0]?.networkReceivedRate?.[firstAfter]).toBeNull();
    expect(containers[0]?.networkReceivedRate?.[firstAfter + 1]).toEqual(RATE);
  });

  it('ends with the last sample of a host that is down since then', async () => {
    const last = WEB2[399]?.at ?? NaN;
    for (const query of ['view=summary', 'points=3']) {
      const path = `/stats/history?since=3d&until=34h&host=web2&fields=cpuUsage&${query}`;
      // oxlint-disable-next-line no-await-in-loop -- one request at a time is easier to debug
      const { headers } = await test.get(path).expect(200);
      const at = Date.parse(headers['x-sampled-at'] ?? '');
      expect(at).toBeLessThanOrEqual(last);
      expect(at).toBeGreaterThan(last - PRECISION * 38 * 3_600_000);
    }
  });

  it('has a gap in the samples while a host was down', async () => {
    const { hosts, containers } = await get<HostsHistory>('since=3d&host=web2&fields=cpuUsage');
    const [before, after] = [WEB2[399]?.at ?? NaN, WEB2[400]?.at ?? NaN];
    expect(hosts[0]?.sampledAt.slice(398, 404)).toEqual(
      formatTimes([
        before - SCRAPE_MS,
        before,
        before + SCRAPE_MS,
        after - SCRAPE_MS,
        after,
        after + SCRAPE_MS,
      ]),
    );
    const cpu = listCpu(WEB2);
    expect(containers[0]?.cpuUsage).toEqual([...cpu.slice(0, 400), null, null, ...cpu.slice(400)]);
  });

  it('has the statistics of all samples with view=summary', async () => {
    const summary = await get<HistorySummary>('since=3d&view=summary&fields=cpuUsage,networkReceived');
    const statistics = [WEB1, WEB2].map((scrapes) => {
      const sorted = listCpu(scrapes).toSorted((a, b) => a - b);
      const rank = 0.95 * (sorted.length - 1);
      const [low = NaN, high = NaN] = sorted.slice(Math.floor(rank));
      return {
        name: 'app',
        samples: scrapes.length,
        cpuUsage: {
          min: sorted[0],
          max: sorted.at(-1),
          avg: average(sorted),
          p95: expect.closeTo(low + (high - low) * (rank % 1), 3) as number,
        },
        networkReceived: { min: 0, avg: null, max: (COUNT / 2 - 1) * RECEIVED, p95: null },
      };
    });
    expect(summary).toMatchObject({ samples: WEB1.length + WEB2.length, containers: statistics });
    expect(Date.parse(summary.since ?? '') - (WEB1[0]?.at ?? NaN)).toBeLessThanOrEqual(
      3 * DAY_MS * PRECISION,
    );
    expect(summary.until).toBe(formatTimes([WEB1.at(-1)?.at ?? NaN])[0]);
  });

  it('has the statistics of rates in the default window, whose steps are shorter than the distance of scrapes', async () => {
    const summary = await get<HistorySummary>('view=summary&host=web1&fields=networkReceivedRate');
    expect(summary.containers).toMatchObject([
      { samples: 4, networkReceivedRate: { min: RATE, avg: RATE, max: RATE, p95: RATE } },
    ]);
  });

  it('goes back as far as HISTORY_MS: the steps begin there', async () => {
    const short = await boot({ HISTORY_MS: String(DAY_MS) });
    const recent = findScrapes(WEB1, 1, 0);
    const { hosts } = await get<HostsHistory>('since=3d&host=web1', short);
    expect(hosts[0]?.sampledAt).toEqual(formatTimes(recent.map(({ at }) => at)));
    const { sampledAt, containers } = await get<HistoryPoints>('since=3d&points=2&host=web1', short);
    expect(sampledAt).toEqual(formatTimes([END - DAY_MS, END - DAY_MS / 2]));
    expect(containers[0]?.cpuUsage).toEqual(
      [
        [1, 0.5],
        [0.5, 0],
      ].map(([since = NaN, until = NaN]) => average(listCpu(findScrapes(WEB1, since, until)))),
    );
    expect(await get('since=3d&until=2d', short)).toEqual({ hosts: [], containers: [] });
    expect(await get('since=3d&until=2d&view=summary', short)).toEqual({
      since: null,
      until: null,
      samples: 0,
      containers: [],
    });
    await short.app.close();
  });
});
