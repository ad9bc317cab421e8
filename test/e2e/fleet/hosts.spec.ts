import type { FullStats, HostStatus } from 'docker-stats-client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FakePrometheus } from '../../support/prometheus/fake/fake-prometheus.js';
import {
  bootFleetForTest,
  createTarget,
  type FleetTest,
  scrapeFleet,
  scrapeHost,
  scrapeWithoutDocker,
  startFleet,
} from '../../support/prometheus/fake/fleet-scene.js';
import { KEY } from '../../support/service/test-app.js';

const WEB_KEY = 'web-key-0123456789';
const APP_KEY = 'app-key-0123456789';
const DATA_KEY = 'data-key-0123456789';

let prometheus: FakePrometheus;
beforeEach(async () => {
  prometheus = await startFleet();
});

function boot(env: Record<string, string> = {}): Promise<FleetTest> {
  const keys = `all:${KEY},web:${WEB_KEY};hosts=web*,app:${APP_KEY};containers=app,data:${DATA_KEY};projects=data`;
  return bootFleetForTest(prometheus, { API_KEYS: keys, ...env });
}

/** The containers of a response, as `host name`. */
function getNames(body: unknown): string[] {
  return (body as { host: string; name: string }[]).map(({ host, name }) => `${host} ${name}`);
}

describe('Hosts of a fleet without figures', () => {
  it.each<[string, () => void | Promise<void>]>([
    ['scrape_failed', () => prometheus.scrape(createTarget('db1'), undefined)],
    ['docker_failed', () => scrapeWithoutDocker(prometheus, 'db1')],
    ['figures_stale', () => void (prometheus.aheadS = 0)],
  ])('are skipped with the reason %s, and the others are served', async (code, breakHost) => {
    const past = prometheus.now - 100;
    prometheus.clear();
    await scrapeFleet(prometheus, past);
    await scrapeHost(prometheus, 'web1', [{ name: 'app' }]);
    await scrapeHost(prometheus, 'web2', [{ name: 'app' }]);
    await breakHost();
    const test = await boot();
    const { body, headers } = await test.get('/stats').expect(200);
    expect(getNames(body)).toEqual(['web1 app', 'web2 app']);
    expect(headers['x-skipped-hosts']).toBe('db1');
    const full = (await test.get('/stats?view=full').expect(200)).body as FullStats;
    expect(full.skipped).toEqual([
      {
        host: 'db1',
        container: null,
        id: null,
        project: null,
        reason: code,
        since: expect.any(String) as string,
      },
    ]);
    const hosts = (await test.get('/hosts').expect(200)).body as HostStatus[];
    expect(hosts.map(({ name, state, error }) => [name, state, error?.code])).toEqual([
      ['db1', 'down', code],
      ['web1', 'up', undefined],
      ['web2', 'up', undefined],
    ]);
  });

  it('make the response 500 if no host has figures', async () => {
    for (const host of ['db1', 'web1', 'web2']) prometheus.scrape(createTarget(host), undefined);
    const { body } = await (await boot()).get('/stats').expect(500);
    expect(body).toMatchObject({
      code: 'prometheus_failed',
      message: expect.stringContaining(
        'db1 (scrape_failed), web1 (scrape_failed), web2 (scrape_failed)',
      ) as string,
    });
  });

  it('are served again after the next scrape', async () => {
    prometheus.scrape(createTarget('db1'), undefined);
    const test = await boot({ STATS_INTERVAL_MS: '0' });
    expect((await test.get('/stats').expect(200)).headers['x-skipped-hosts']).toBe('db1');
    await scrapeFleet(prometheus);
    const { headers } = await test.get('/stats').set('Cache-Control', 'no-cache').expect(200);
    expect(headers).not.toHaveProperty('x-skipped-hosts');
  });
});

describe('The age of the figures of a fleet', () => {
  it('is that of their scrape, by the clock of the storage', async () => {
    prometheus.aheadS = 3600;
    prometheus.clear();
    const startedAt = performance.now();
    await scrapeFleet(prometheus, prometheus.now - 12);
    const { body } = await (await boot()).get('/stats?view=full').expect(200);
    const elapsedMs = performance.now() - startedAt;
    const { ageMs, hosts = [] } = body as FullStats;
    const ages = [ageMs, ...hosts.map((host) => host.ageMs ?? NaN)];
    expect(ages).toHaveLength(4);
    expect(Math.min(...ages)).toBeGreaterThan(11_998); // times are rounded to milliseconds
    expect(Math.max(...ages)).toBeLessThan(12_002 + 2 * elapsedMs); // plus the time that the query took
  });

  it('of two replicas of Prometheus is that of the newer one, and each container counts once', async () => {
    prometheus.clear();
    const old = { labels: { replica: 'a' }, at: prometheus.now - 20 };
    await scrapeHost(prometheus, 'web1', [{ name: 'app', cpuUsage: 1 }], old);
    await scrapeHost(prometheus, 'web1', [{ name: 'app', cpuUsage: 2 }], { labels: { replica: 'b' } });
    const { body } = await (await boot()).get('/stats').expect(200);
    expect(body).toEqual([{ host: 'web1', name: 'app', cpuUsage: 2, memoryUsage: 102.9 }]);
  });
});

describe('Labels that the Prometheus Operator adds', () => {
  it('do not replace those of the containers', async () => {
    prometheus.clear();
    const labels = { service: 'agents', pod: 'agent-1', namespace: 'monitoring' };
    await scrapeHost(prometheus, 'web1', [{ name: 'app', service: 'shop-web' }], { labels });
    const { body } = await (await boot()).get('/stats?view=full&service=shop-web').expect(200);
    expect((body as FullStats).containers).toMatchObject([
      { name: 'app', service: 'shop-web', project: 'shop' },
    ]);
  });
});

describe('Warnings of the storage', () => {
  it('are in the full view, and counted in X-Warnings; a key with a scope gets a fixed text', async () => {
    prometheus.extras = { warnings: ['store db1 is down'], isPartial: true };
    const test = await boot();
    const { body, headers } = await test.get('/stats?view=full').expect(200);
    const warnings = ['The result is partial: not all storage nodes responded', 'store db1 is down'];
    expect(body).toMatchObject({ warnings });
    expect(headers['x-warnings']).toBe('2');
    expect((await test.get('/stats').expect(200)).headers['x-warnings']).toBe('2');
    const scoped = await test.client.get('/stats?view=full').set('X-API-Key', APP_KEY).expect(200);
    expect(scoped.text).not.toContain('store db1');
  });
});

describe('Queries of a fleet', () => {
  it.each([
    ['/stats?host=web1', KEY, 'instance=~"(?s:web1)"', ['web1 app', 'web1 cache']],
    ['/stats?host=web*', KEY, 'instance=~"(?s:web.*)"', ['web1 app', 'web1 cache', 'web2 app']],
    ['/stats', WEB_KEY, 'instance=~"(?s:web.*)"', ['web1 app', 'web1 cache', 'web2 app']],
    ['/stats', APP_KEY, 'name=~"(?s:app)"', ['web1 app', 'web2 app']],
    ['/stats', DATA_KEY, 'job="docker-stats-api"', ['db1 db']],
    ['/stats?health=unhealthy', KEY, 'job="docker-stats-api"', ['web2 app']],
    ['/stats?sort=-cpuUsage&limit=2', KEY, 'job="docker-stats-api"', ['web2 app', 'db1 db']],
  ])('%s with the key %s select %s', async (path, key, matcher, names) => {
    const test = await boot();
    const { body } = await test.client.get(path).set('X-API-Key', key).expect(200);
    expect(getNames(body)).toEqual(names);
    expect(prometheus.queries.length).toBeGreaterThan(1);
    expect(prometheus.queries.slice(1).every(({ expression }) => expression.includes(matcher))).toBe(true);
  });

  it.each([
    ['/stats', KEY, false],
    ['/stats?host=web1&name=app&sort=-memoryUsage&format=csv', KEY, false],
    ['/hosts', KEY, false],
    ['/stats?view=full', KEY, true],
    ['/stats?service=x', KEY, true],
    ['/stats?sort=pids', KEY, true],
    ['/projects', KEY, true],
    ['/stats', DATA_KEY, true],
  ])('for %s with the key %s read more than the basic view: %s', async (path, key, readsAll) => {
    const test = await boot();
    await test.client.get(path).set('X-API-Key', key).expect(200);
    const containerQueries = prometheus.queries.slice(1).map(({ expression }) => expression);
    const basic =
      /^\{__name__=~"docker_container_cpu_usage_ratio\|docker_container_memory_usage_bytes",[^}]+\}$/;
    expect(containerQueries.every((query) => basic.test(query))).toBe(!readsAll);
    expect(containerQueries.length).toBe(readsAll ? 4 : 1);
  });

  it('are not sent for the basic view while all figures are fresh', async () => {
    const test = await boot();
    await test.get('/stats?view=full').expect(200);
    const count = prometheus.queries.length;
    const { body } = await test.get('/stats').expect(200);
    expect(getNames(body)).toEqual(['db1 db', 'web1 app', 'web1 cache', 'web2 app']);
    expect(prometheus.queries).toHaveLength(count);
  });

  it('cannot be changed by the name of a host', async () => {
    const test = await boot();
    const attack = encodeURIComponent('x"} or docker_up{job!="');
    await test.get(`/stats?host=${attack}`).expect(404);
    expect(prometheus.queries).toHaveLength(1);
  });

  it.each([
    ['/stats?host=db1', WEB_KEY],
    ['/hosts/db1/containers/db/stats', WEB_KEY],
    ['/containers/db/stats', APP_KEY],
    ['/containers/app/stats?host=nosuch', DATA_KEY],
  ])('for %s outside the scope give no figures', async (path, key) => {
    const { status } = await (await boot()).client.get(path).set('X-API-Key', key);
    expect([400, 404]).toContain(status);
  });

  it('of 100 clients at once are one set', async () => {
    const test = await boot();
    const responses = await Promise.all(Array.from({ length: 100 }, () => test.get('/stats')));
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    const expressions = prometheus.queries.map(({ expression }) => expression);
    expect(new Set(expressions).size).toBe(expressions.length);
  });

  it('do not run while nobody asks', async () => {
    const test = await boot();
    await test.client.get('/health/live').expect(200);
    expect(prometheus.queries).toEqual([]);
  });

  it('have the time of the first one', async () => {
    await (await boot()).get('/stats').expect(200);
    const [first, ...others] = prometheus.queries.map(({ form }) => form.get('time'));
    expect(first).toBeNull();
    expect(new Set(others).size).toBe(1);
  });
});

it('A fleet keeps no samples for the history in memory: Prometheus has it', async () => {
  const test = await boot();
  await test.get('/stats').expect(200);
  const { text } = await test.get('/metrics').expect(200);
  expect(text).toMatch(/^docker_stats_api_history_samples 0$/m);
});
