import { onTestFinished } from 'vitest';
import type { ContainerStats } from 'docker-stats-client';
import type { Variables } from '../../../../src/config/environment.js';
import { ContainerMetrics } from '../../../../src/metrics/containers/container-metrics.js';
import { type Clock, MonotonicClock } from '../../../../src/sampling/clock.js';
import type { StatsSample } from '../../../../src/sampling/stats-sample.js';
import { FakeCommandRunner } from '../../docker/fake-command-runner.js';
import { createContainer, createSample } from '../../history/history-samples.js';
import { bootApp, type TestApp } from '../../service/test-app.js';
import { FakePrometheus } from './fake-prometheus.js';
import type { Labels } from './matches.js';

/** A service that reads its figures from a fake Prometheus. */
export interface FleetTest extends TestApp<FakeCommandRunner> {
  readonly prometheus: FakePrometheus;
}

/** Boots a service with a fake Prometheus, without background queries. Both end with the test. */
export async function bootFleetForTest(
  prometheus: FakePrometheus,
  env: Variables = {},
  clock: Clock = new MonotonicClock(),
): Promise<FleetTest> {
  const settings = {
    STATS_SOURCE: 'prometheus',
    PROMETHEUS_URL: prometheus.url,
    STATS_IDLE_AFTER_MS: '0',
    ...env,
  };
  const test = await bootApp(settings, { runner: new FakeCommandRunner(), clock });
  onTestFinished(async () => {
    await test.app.close();
    await prometheus.stop();
  });
  return { ...test, prometheus };
}

/** Returns the labels of the target of a host. */
export function createTarget(host: string, labels: Labels = {}): Labels {
  return { job: 'docker-stats-api', instance: host, ...labels };
}

/** Stores a scrape of a host with these containers. */
export async function scrapeHost(
  prometheus: FakePrometheus,
  host: string,
  containers: readonly (Partial<ContainerStats> & { readonly name: string })[],
  { labels = {}, at = prometheus.now, skipped = [] }: ScrapeOptions = {},
): Promise<void> {
  const rows = containers.map((values, n) => createContainer(String(n).padStart(64, '0'), values));
  const text = await new ContainerMetrics().getText({ ...createSample(0, rows), skipped });
  prometheus.scrape(createTarget(host, labels), text.bytes.toString(), at);
}

interface ScrapeOptions {
  /** More labels of the target. */
  readonly labels?: Labels;
  readonly at?: number;
  readonly skipped?: StatsSample['skipped'];
}

/** Stores a scrape of a host whose docker fails. */
export function scrapeWithoutDocker(prometheus: FakePrometheus, host: string, at = prometheus.now): void {
  const text = new ContainerMetrics().getDown([{ name: '' }]);
  prometheus.scrape(createTarget(host), text.bytes.toString(), at);
}

/** Starts a fake Prometheus with the hosts `db1`, `web1` and `web2`. */
export async function startFleet(): Promise<FakePrometheus> {
  const prometheus = await FakePrometheus.start();
  await scrapeFleet(prometheus);
  return prometheus;
}

/** Stores a scrape of `db1`, `web1` and `web2`. */
export async function scrapeFleet(prometheus: FakePrometheus, at = prometheus.now): Promise<void> {
  await scrapeHost(prometheus, 'db1', [{ name: 'db', project: 'data', cpuUsage: 40 }], { at });
  await scrapeHost(prometheus, 'web1', [{ name: 'app' }, { name: 'cache', project: null }], { at });
  await scrapeHost(prometheus, 'web2', [{ name: 'app', cpuUsage: 50, health: 'unhealthy' }], { at });
}
