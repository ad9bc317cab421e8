import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePrometheus } from '../../test/support/prometheus/fake/fake-prometheus.js';
import { createTarget, scrapeFleet, scrapeHost } from '../../test/support/prometheus/fake/fleet-scene.js';
import { FleetHostsTest } from '../../test/support/prometheus/fleet-hosts-test.js';
import type { StatsSample } from '../sampling/stats-sample.js';

const WEB = { selected: ['web*'] };

let test: FleetHostsTest;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  test = new FleetHostsTest(await FakePrometheus.start(), { STATS_INTERVAL_MS: '5000' });
  await scrapeFleet(test.prometheus);
});
afterEach(() => test.close());

function countQueries(): number {
  return test.prometheus.queries.length;
}

function getNames({ containers }: StatsSample): string[] {
  return containers.map(({ host, name }) => `${host} ${name}`);
}

describe('The reader of some hosts of a fleet', () => {
  it('queries only these hosts if there is no sample of all', async () => {
    expect(getNames(await test.getSample(WEB))).toEqual(['web1 app', 'web1 cache', 'web2 app']);
    expect(test.prometheus.queries.every(({ expression }) => expression.includes('web.*'))).toBe(true);
  });

  it('takes its part of a fresh sample of all hosts, without a query', async () => {
    await test.getSample({});
    const queries = countQueries();
    await test.clock.advance(4999);
    expect(getNames(await test.getSample(WEB))).toEqual(['web1 app', 'web1 cache', 'web2 app']);
    expect(countQueries()).toBe(queries);
  });

  it.each([
    ['was read longer than STATS_INTERVAL_MS ago', 5001, {}],
    ['is older than the request allows', 1001, { maxAgeMs: 1000 }],
    ['is there, but the request needs a new one', 1, { maxAgeMs: 0 }],
  ])('queries its hosts if the sample of all hosts %s', async (_what, waitMs, freshness) => {
    await test.getSample({});
    const queries = countQueries();
    await test.clock.advance(waitMs);
    await test.getSample(WEB, freshness);
    const added = test.prometheus.queries.slice(queries);
    expect(added.map(({ expression }) => expression.includes('web.*'))).toEqual(
      Array.from({ length: queries }, () => true),
    );
  });

  it('gives its own sample while that is fresh and newer than that of all hosts', async () => {
    await test.getSample({});
    const own = await test.getSample(WEB, { maxAgeMs: 0 });
    const queries = countQueries();
    expect(await test.getSample(WEB)).toBe(own);
    await test.clock.advance(1);
    const whole = await test.getSample({}, { maxAgeMs: 0 });
    expect((await test.getSample(WEB)).readAtMonotonicMs).toBe(whole.readAtMonotonicMs);
    expect(countQueries()).toBe(2 * queries);
  });

  it('gives the newer stale sample if the request allows it, and queries only its hosts meanwhile', async () => {
    const whole = await test.getSample({});
    await test.clock.advance(6000);
    const queries = countQueries();
    const reader = test.hosts.findReader(WEB);
    expect(reader.findSample({ maxStaleMs: 4000 })?.readAtMonotonicMs).toBe(whole.readAtMonotonicMs);
    const own = await reader.waitForSample();
    await test.clock.advance(6000);
    expect(reader.findSample({ maxStaleMs: 60_000 })).toBe(own);
    expect(reader.findSample({ maxStaleMs: 500 })).toBeUndefined();
    await reader.waitForSample();
    const added = test.prometheus.queries.slice(queries);
    expect(added.every(({ expression }) => expression.includes('web.*'))).toBe(true);
  });

  it('gives the basic view from samples of all figures, and queries CPU and memory otherwise', async () => {
    const basic = { isBasic: true };
    const [own] = (await test.getSample(basic)).containers;
    expect(own).toMatchObject({ host: 'db1', name: 'db', pids: null });
    expect(own?.cpuUsage).toBeGreaterThan(0);
    await test.clock.advance(1);
    const whole = await test.getSample({});
    expect(await test.getSample(basic)).toBe(whole);
  });

  it('plans no queries for clients that get parts of samples of all hosts', async () => {
    const { unwatch } = test.watch(test.hosts.findReader({}));
    const reader = test.hosts.findReader(WEB);
    for (let n = 0; n < 10; n++) {
      await test.clock.advance(5000);
      await expect.poll(() => reader.findSample({}, 'dashboard')).toBeDefined();
    }
    expect(test.prometheus.queries.some(({ expression }) => expression.includes('web.*'))).toBe(false);
    unwatch();
  });

  it('computes its part once for each sample of all hosts', async () => {
    await test.getSample({});
    const first = await test.getSample(WEB);
    expect(await test.getSample(WEB)).toBe(first);
    await test.clock.advance(1);
    await test.getSample({}, { maxAgeMs: 0 });
    const second = await test.getSample(WEB);
    expect(second).not.toBe(first);
    expect(await test.getSample(WEB)).toBe(second);
  });

  it('gives the time of its oldest host, and when all hosts were read, with the warnings', async () => {
    test.prometheus.clear();
    await scrapeFleet(test.prometheus, test.prometheus.now - 20);
    await scrapeHost(test.prometheus, 'web1', [{ name: 'app' }], { at: test.prometheus.now - 4 });
    await scrapeHost(test.prometheus, 'web2', [{ name: 'app' }], { at: test.prometheus.now - 7 });
    test.prometheus.extras = { warnings: ['store a is down'] };
    const whole = await test.getSample({});
    const part = await test.getSample(WEB);
    expect(test.clock.now() - whole.sampledAtMonotonicMs).toBe(20_000);
    expect(test.clock.now() - part.sampledAtMonotonicMs).toBe(7000);
    expect(part.sampledAt).toEqual(new Date((test.prometheus.now - 7) * 1000));
    expect(part.readAtMonotonicMs).toBe(whole.readAtMonotonicMs);
    expect(part.warnings).toEqual(['store a is down']);
    expect(part.hosts).toEqual(whole.hosts?.slice(1));
  });

  it('gives its hosts without figures, too', async () => {
    test.prometheus.scrape(createTarget('web1'), undefined);
    await test.getSample({});
    const queries = countQueries();
    const { hosts = [] } = await test.getSample(WEB);
    expect(hosts.map(({ name, failure }) => [name, failure?.code])).toEqual([
      ['web1', 'scrape_failed'],
      ['web2', undefined],
    ]);
    expect(countQueries()).toBe(queries);
  });

  it('queries if none of its hosts has figures in the sample of all hosts', async () => {
    test.prometheus.scrape(createTarget('web1'), undefined);
    await test.getSample({});
    await scrapeHost(test.prometheus, 'web1', [{ name: 'app' }]);
    expect(getNames(await test.getSample({ selected: ['web1'] }))).toEqual(['web1 app']);
  });

  it('gives only hosts that the key may see', async () => {
    await test.getSample({});
    const sample = await test.getSample({ visible: ['web1', 'db1'], selected: ['web*'] });
    expect(getNames(sample)).toEqual(['web1 app', 'web1 cache']);
  });

  it('samples its hosts again and again while it is watched, also if there are samples of all hosts', async () => {
    const { samples, unwatch } = test.watch(test.hosts.findReader(WEB));
    await expect.poll(() => samples.length).toBe(1);
    await test.getSample({});
    await test.clock.advance(5000);
    await expect.poll(() => samples.length).toBe(2);
    expect(new Set(samples.map((sample) => getNames(sample).join()))).toEqual(
      new Set(['web1 app,web1 cache,web2 app']),
    );
    expect(test.clock.timerCount).toBe(1);
    unwatch();
    expect(test.clock.timerCount).toBe(0);
  });
});
