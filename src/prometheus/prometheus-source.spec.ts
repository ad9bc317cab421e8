import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Variables } from '../config/environment.js';
import { type RequestHandler, sendJson } from '../../test/support/http/scripted-server.js';
import { FakePrometheus } from '../../test/support/prometheus/fake/fake-prometheus.js';
import { sendApiError, sendStart } from '../../test/support/prometheus/fake/faulty-responses.js';
import { createTarget, scrapeFleet, scrapeHost } from '../../test/support/prometheus/fake/fleet-scene.js';
import { readFleetSettings } from '../../test/support/prometheus/fleet-hosts-test.js';
import { FakeClock } from '../../test/support/sampling/fake-clock.js';
import { PrometheusClient } from './client/prometheus-client.js';
import { PrometheusSource, type SourceSelection } from './prometheus-source.js';
import { RememberedHosts } from './remembered-hosts.js';

const ALL: SourceSelection = { selection: {}, hostMatchers: [], containerMatchers: [] };

let prometheus: FakePrometheus;
let clock: FakeClock;
let client: PrometheusClient | undefined;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_795_000_000_000 });
  prometheus = await FakePrometheus.start();
  clock = new FakeClock();
});
afterEach(async () => {
  await client?.close();
  await prometheus.stop();
});

function createSource(selected: Partial<SourceSelection> = {}, env: Variables = {}): PrometheusSource {
  const settings = readFleetSettings(prometheus, env);
  client = new PrometheusClient(settings, new URL(prometheus.url));
  return new PrometheusSource(client, settings, clock, new RememberedHosts(clock), { ...ALL, ...selected });
}

/** Makes the storage respond like this to all queries after the first. */
function respondAfterFirst(handler: RequestHandler): void {
  prometheus.addTarget(createTarget('last'), () => {
    setImmediate(() => (prometheus.respond = handler)); // the query that causes this scrape gets its response before
    return Promise.resolve(undefined);
  });
}

describe('A sample of a fleet', () => {
  it('has the containers of all hosts, by host, and the times of the oldest scrape', async () => {
    await scrapeHost(prometheus, 'web2', [{ name: 'a' }], { at: prometheus.now - 3 });
    await scrapeHost(prometheus, 'web1', [{ name: 'c' }, { name: 'b' }], { at: prometheus.now - 9 });
    const sample = await createSource().sample();
    expect(sample.containers.map(({ host, name }) => `${host} ${name}`)).toEqual([
      'web1 b',
      'web1 c',
      'web2 a',
    ]);
    expect(sample.sampledAt).toEqual(new Date(1_795_000_000_000 - 9000));
    expect(sample.hosts?.map((host) => [host.name, host.sample?.sampledAt])).toEqual([
      ['web1', new Date(1_795_000_000_000 - 9000)],
      ['web2', new Date(1_795_000_000_000 - 3000)],
    ]);
  });

  it('names a host without figures beside the others', async () => {
    await scrapeFleet(prometheus);
    prometheus.scrape(createTarget('web1'), undefined);
    const { hosts = [], containers } = await createSource().sample();
    expect(hosts.map(({ name, sample, failure }) => [name, sample !== undefined, failure?.code])).toEqual([
      ['db1', true, undefined],
      ['web1', false, 'scrape_failed'],
      ['web2', true, undefined],
    ]);
    expect(containers.map(({ host }) => host)).toEqual(['db1', 'web2']);
  });

  it.each([
    ['as that of the service', 0],
    ['an hour ahead of that of the service', 3600],
    ['an hour behind that of the service', -3600],
  ])('is as old as its scrape by the clock of the storage, which is %s', async (_what, aheadS) => {
    prometheus.aheadS = aheadS;
    await scrapeFleet(prometheus, prometheus.now - 12);
    const sample = await createSource().sample();
    expect(clock.now() - sample.sampledAtMonotonicMs).toBe(12_000);
    expect(sample.hosts?.map((host) => host.sample?.sampledAtMonotonicMs)).toEqual(
      Array(3).fill(clock.now() - 12_000),
    );
    expect(sample.sampledAt).toEqual(new Date(1_795_000_000_000 + (aheadS - 12) * 1000));
  });

  it('becomes older by the time of its queries', async () => {
    await scrapeFleet(prometheus, prometheus.now - 12);
    prometheus.addTarget(createTarget('late'), async () => {
      await clock.advance(40);
      return undefined;
    });
    const sample = await createSource().sample();
    expect(sample.durationMs).toBe(40);
    expect(sample.readAtMonotonicMs).toBe(clock.now());
    expect(clock.now() - sample.sampledAtMonotonicMs).toBe(12_040);
  });

  it('is not younger than its query, whatever time the storage gives', async () => {
    const rows = Object.entries({ scraped_at: 1007, docker_up: 1 }).map(([part, value]) => ({
      metric: { ...createTarget('web1'), docker_stats_api_part: part },
      value: [1000, String(value)],
    }));
    prometheus.respond = sendJson({ status: 'success', data: { resultType: 'vector', result: rows } });
    expect((await createSource().sample()).sampledAtMonotonicMs).toBe(clock.now());
  });

  it('has each warning of its queries once', async () => {
    await scrapeFleet(prometheus);
    prometheus.extras = { warnings: ['store a is down', 'store b is down'] };
    const { warnings } = await createSource().sample();
    expect(prometheus.queries.length).toBeGreaterThan(1);
    expect(warnings).toEqual(['store a is down', 'store b is down']);
  });

  it('names the hosts that the storage has lost since the last sample', async () => {
    await scrapeFleet(prometheus);
    const source = createSource();
    await source.sample();
    prometheus.clear();
    await scrapeHost(prometheus, 'web1', [{ name: 'app' }]);
    const { hosts = [] } = await source.sample();
    expect(hosts.map(({ name, failure }) => [name, failure?.code])).toEqual([
      ['db1', 'figures_gone'],
      ['web1', undefined],
      ['web2', 'figures_gone'],
    ]);
  });
});

describe('The queries of a sample of a fleet', () => {
  it('of the containers have the time that the storage gave first', async () => {
    prometheus.aheadS = 50;
    await scrapeFleet(prometheus);
    await createSource().sample();
    const [first, ...others] = prometheus.queries.map(({ form }) => form.get('time'));
    expect(first).toBeNull();
    expect(new Set(others)).toEqual(new Set(['1795000050']));
  });

  it('have the matchers of the settings and of the hosts; only those of the containers also have their matchers', async () => {
    await scrapeFleet(prometheus);
    const selected = { hostMatchers: ['instance=~"web.*"'], containerMatchers: ['name="app"'] };
    const { containers } = await createSource(selected, { PROMETHEUS_MATCHERS: 'job=~".+"' }).sample();
    expect(containers.map(({ host, name }) => `${host} ${name}`)).toEqual(['web1 app', 'web2 app']);
    const expressions = prometheus.queries.map(({ expression }) => expression);
    expect(expressions.every((text) => text.includes('job=~".+",instance=~"web.*"'))).toBe(true);
    expect(expressions.map((text) => text.includes('name="app"'))).toEqual([
      false,
      ...expressions.slice(1).map(() => true),
    ]);
  });

  it('share one deadline', async () => {
    await scrapeFleet(prometheus);
    const deadline = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
    respondAfterFirst(sendStart);
    const sample = createSource({}, { PROMETHEUS_TIMEOUT_MS: '1234' }).sample();
    await vi.waitFor(() => expect(prometheus.queries.length).toBeGreaterThan(1));
    deadline.abort(new DOMException('The operation timed out', 'TimeoutError'));
    await expect(sample).rejects.toMatchObject({ code: 'prometheus_timeout' });
    expect(timeout.mock.calls).toEqual([[1234]]);
  });
});

describe('A fleet without figures', () => {
  it('gives an empty sample if its matchers select no host, without a query of containers', async () => {
    await scrapeFleet(prometheus);
    const source = createSource({ hostMatchers: ['instance="nosuch"'] });
    expect(await source.sample()).toMatchObject({ containers: [], skipped: [], hosts: [], warnings: [] });
    expect(prometheus.queries).toHaveLength(1);
  });

  it('fails if the storage has no host at all', async () => {
    await expect(createSource().sample()).rejects.toMatchObject({
      code: 'prometheus_failed',
      message: 'Prometheus has no figures of docker-stats-api of the last hour',
    });
  });

  it('fails if all hosts are without figures, and names the first ten with their codes', async () => {
    for (let n = 10; n <= 21; n++) prometheus.scrape(createTarget(`web${n}`), undefined);
    const named = Array.from({ length: 10 }, (_, n) => `web${n + 10} (scrape_failed)`);
    await expect(createSource().sample()).rejects.toMatchObject({
      code: 'prometheus_failed',
      message: `No host has figures in Prometheus now: ${named.join(', ')} and 2 more`,
    });
    expect(prometheus.queries).toHaveLength(1);
  });

  it('fails with the error of the storage if a query of the containers fails', async () => {
    await scrapeFleet(prometheus);
    respondAfterFirst(sendApiError(422, 'execution'));
    await expect(createSource().sample()).rejects.toMatchObject({
      code: 'prometheus_failed',
      message: 'Prometheus responded with status 422: the execution error',
    });
  });
});

describe('PrometheusSource', () => {
  it('counts the containers of all hosts', async () => {
    await scrapeFleet(prometheus);
    expect(await createSource().countRunning(1000)).toBe(4);
  });

  it('counts no containers if the storage has none', async () => {
    expect(await createSource().countRunning(1000)).toBe(0);
  });

  it('does not know the number of containers if the storage fails', async () => {
    prometheus.respond = sendJson({}, 500);
    expect(await createSource().countRunning(1000)).toBeUndefined();
  });

  it('returns the version of the storage', async () => {
    expect(await createSource().readVersion(1000)).toBe('3.5.0');
  });
});
