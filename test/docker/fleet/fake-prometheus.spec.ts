import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { FakePrometheus, type ReceivedQuery } from '../../support/prometheus/fake/fake-prometheus.js';
import { scrapeHost, scrapeWithoutDocker } from '../../support/prometheus/fake/fleet-scene.js';
import { toId } from '../../support/prometheus/fake/series-store.js';
import { StorageProcess } from '../../support/prometheus/storage-process.js';
import { bootApp, KEY } from '../../support/service/test-app.js';
import { NO_PROMETHEUS } from '../../support/vitest/docker-availability.js';

const SCRAPE_S = 15;
const SCRAPES = 80;

/** More than the 5 minutes for which Prometheus serves a value after its scrape. */
const PAUSE_S = 400;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Stores what two hosts say in 20 minutes, with a pause. The last value of the container `old` is older than the pause. */
async function fill(fake: FakePrometheus, end: number): Promise<void> {
  for (let n = 0; n < SCRAPES; n++) {
    const at = end - (SCRAPES - n) * SCRAPE_S - (n < SCRAPES / 2 ? PAUSE_S : 0);
    const received = n < 30 ? n * 3 : (n - 30) * 2; // restarted
    const app = { name: 'app', cpuUsage: (n * 37) % 101, networkReceived: received };
    const old = n < SCRAPES / 2 ? [{ name: 'old', memoryUsage: n + 0.5 }] : [];
    // oxlint-disable-next-line no-await-in-loop -- in the order of their times
    await scrapeHost(fake, 'web1', [app, { name: 'say "hi"\\', project: null }, ...old], { at });
    if (n % 7 === 0) scrapeWithoutDocker(fake, 'web2', at + 1.5);
    else {
      // oxlint-disable-next-line no-await-in-loop -- as above
      await scrapeHost(
        fake,
        'web2',
        [{ name: 'app', cpuUsage: n, health: n < 50 ? 'healthy' : 'unhealthy' }],
        {
          at: at + 1.5,
        },
      );
    }
  }
}

async function query(
  url: string,
  route: string,
  form: URLSearchParams,
): Promise<{ readonly resultType: string; readonly result: readonly Series[] }> {
  const response = await fetch(`${url}/api/v1/${route}`, { method: 'POST', body: form });
  const { data, error } = (await response.json()) as {
    data?: { resultType: string; result: readonly Series[] };
    error?: string;
  };
  if (data === undefined) throw new Error(`${error}: ${form.get('query')}`);
  return data;
}

/** Writes all series of the fake in the OpenMetrics format. */
async function exportSeries(fake: FakePrometheus, end: number): Promise<string> {
  const form = new URLSearchParams({ query: '{__name__=~".+"}[1d]', time: String(end) });
  const { result } = await query(fake.url, 'query', form);
  const lines = result.flatMap(({ metric: { __name__: name, ...labels }, values = [] }) => {
    const list = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    return values.map(([at, value]) => `${name}{${list.join(',')}} ${value} ${at}\n`);
  });
  return `${lines.join('')}# EOF\n`;
}

/** Returns the rows of a result in an order of their own, with other values. */
function mapValues(rows: readonly Series[], convert: (value: number) => unknown): unknown[] {
  const toPoint = ([at, value]: readonly [number, string]): unknown => [at, convert(Number(value))];
  return rows
    .toSorted((a, b) => (toId(a.metric) < toId(b.metric) ? -1 : 1))
    .map(({ metric, value, values = [] }) => ({
      metric,
      value: value && toPoint(value),
      values: values.map(toPoint),
    }));
}

describe.skipIf(NO_PROMETHEUS)('The fake Prometheus', () => {
  const storage = new StorageProcess('prometheus');
  let fake: FakePrometheus;
  let end: number;

  beforeAll(async () => {
    fake = await FakePrometheus.start();
    end = fake.now - 60;
    await fill(fake, end);
    const file = join(storage.folder, 'series.txt');
    writeFileSync(file, await exportSeries(fake, end));
    const folder = join(storage.folder, 'data');
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, folder], {
      stdio: 'ignore',
    });
    await storage.start('{}');
    await vi.waitFor(() => query(storage.url, 'query', new URLSearchParams({ query: 'vector(1)' })), {
      timeout: 20_000,
      interval: 100,
    });
  });
  afterAll(async () => {
    await fake.stop();
    await storage.destroy();
  });

  /** Returns the queries of the service for a request. */
  async function findQueries(path: string): Promise<readonly ReceivedQuery[]> {
    const env = { STATS_SOURCE: 'prometheus', PROMETHEUS_URL: fake.url, STATS_IDLE_AFTER_MS: '0' };
    const { app, get } = await bootApp(env, { runner: new FakeCommandRunner() });
    fake.queries.length = 0;
    await get(path).set('X-API-Key', KEY).expect(200);
    await app.close();
    return [...fake.queries];
  }

  const FIELDS =
    'cpuUsage,memoryUsage,memoryPercent,networkReceived,blockWritten,networkReceivedRate,blockReadRate';

  it.each([
    ['samples', '/stats/history?'],
    ['steps that are longer than the distance of scrapes', '/stats/history?points=9&'],
    ['steps that are shorter', '/stats/history?points=300&'],
    ['statistics', '/stats/history?view=summary&sort=-pids&'],
    ['selected hosts and names', '/stats/history?points=9&host=web*&name=*a*&'],
    ['a name', '/containers/old/stats/history?'],
    ['an id', `/hosts/web1/containers/${'0'.repeat(64)}/stats/history?view=summary&`],
  ])('responds to the queries for the history with %s as Prometheus does', async (_what, path) => {
    const window = `since=${new Date((end - 1500.123) * 1000).toISOString()}&until=${new Date((end - 0.0071) * 1000).toISOString()}`;
    const queries = await findQueries(`${path}${window}&fields=${FIELDS}`);
    expect(queries.length).toBeGreaterThan(1);
    for (const { url, form } of queries) {
      const route = url.slice(url.lastIndexOf('/') + 1);
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a failure shows which
      const [real, ours] = await Promise.all([storage.url, fake.url].map((one) => query(one, route, form)));
      expect(ours?.result.length).toBeGreaterThan(0);
      const expression = form.get('query');
      expect({ expression, type: ours?.resultType, rows: mapValues(ours?.result ?? [], Number) }).toEqual({
        expression,
        type: real?.resultType,
        rows: mapValues(real?.result ?? [], (value) => expect.closeTo(value, 6) as number), // another order of additions
      });
    }
  });
});
