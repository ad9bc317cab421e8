import type { Variables } from '../../../src/config/environment.js';
import { readSettings } from '../../../src/config/read-settings.js';
import type { Settings } from '../../../src/config/settings.js';
import { FleetHosts } from '../../../src/prometheus/fleet-hosts.js';
import type { HostSelection } from '../../../src/sampling/hosts/hosts.js';
import type { Freshness, SampleReader } from '../../../src/sampling/sampler/sample-reader.js';
import type { StatsSample } from '../../../src/sampling/stats-sample.js';
import { FakeClock } from '../sampling/fake-clock.js';
import type { FakePrometheus } from './fake/fake-prometheus.js';

/** The settings of a service that reads its figures from a fake Prometheus. */
export function readFleetSettings({ url }: FakePrometheus, env: Variables = {}): Settings {
  return readSettings({ STATS_SOURCE: 'prometheus', PROMETHEUS_URL: url, ...env });
}

/** What a reader passes to a watcher. */
interface Watch {
  readonly samples: readonly StatsSample[];
  readonly errors: readonly unknown[];
  readonly unwatch: () => void;
}

/** The hosts of a fleet with a fake clock. */
export class FleetHostsTest {
  readonly clock = new FakeClock();
  readonly hosts: FleetHosts;

  constructor(
    readonly prometheus: FakePrometheus,
    env: Variables = {},
    maxContainers?: number,
  ) {
    const settings = readFleetSettings(prometheus, env);
    this.hosts = new FleetHosts(settings, this.clock, new URL(prometheus.url), maxContainers);
  }

  /** Finds a sample, or waits for one, as a request does. */
  async getSample(
    selection: HostSelection,
    freshness: Freshness = {},
    client?: string,
  ): Promise<StatsSample> {
    const reader = this.hosts.findReader(selection);
    return reader.findSample(freshness, client) ?? (await reader.waitForSample(freshness, undefined, client));
  }

  /** Watches a reader: returns what it has passed so far, and a function that ends the watch. */
  watch(reader: SampleReader): Watch {
    const [samples, errors]: [StatsSample[], unknown[]] = [[], []];
    const unwatch = reader.watch({
      onSample: (sample) => samples.push(sample),
      onFailure: (error) => errors.push(error),
    });
    return { samples, errors, unwatch };
  }

  /** Ends the queries and the storage. */
  async close(): Promise<void> {
    await this.hosts.onModuleDestroy();
    await this.prometheus.stop();
  }
}
