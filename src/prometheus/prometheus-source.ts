import type { Settings } from '../config/settings.js';
import type { Clock } from '../sampling/clock.js';
import { CONTAINER_INFO } from '../sampling/container-fields.js';
import type { HostSelection } from '../sampling/hosts/hosts.js';
import { mergeSamples } from '../sampling/hosts/merge-samples.js';
import type { SampledHost, StatsSample } from '../sampling/stats-sample.js';
import { StatsSource } from '../sampling/stats-source.js';
import { TimeSlices } from '../sampling/time-slices.js';
import type { PrometheusClient } from './client/prometheus-client.js';
import type { Row } from './client/result-parser.js';
import { createNoFiguresError, createNoHostsError } from './client/prometheus-failures.js';
import { createContainerQueries, HostContainers } from './queries/container-rows.js';
import { formatSelector } from './queries/promql.js';
import type { RememberedHosts } from './remembered-hosts.js';
import { createHostsQuery, HostStatesReader, type HostStates } from './queries/host-states.js';

/** Which hosts and containers a source reads. */
export interface SourceSelection {
  readonly selection: HostSelection;
  /** Label matchers of the queries; none selects all. */
  readonly hostMatchers: readonly string[];
  readonly containerMatchers: readonly string[];
}

/** Takes samples of all Docker hosts whose figures a Prometheus has, or of some of them. */
export class PrometheusSource extends StatsSource {
  override readonly system = 'prometheus';
  /** A sample is old when it is read; that is no reason to read it again at once. */
  override readonly reuseMs: number;
  readonly #hostMatchers: readonly string[];

  constructor(
    private readonly client: PrometheusClient,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly remembered: RememberedHosts,
    private readonly selected: SourceSelection,
  ) {
    super();
    this.reuseMs = settings.STATS_INTERVAL_MS;
    this.#hostMatchers = [settings.PROMETHEUS_MATCHERS ?? '', ...selected.hostMatchers];
  }

  /**
   * Reads the figures of all hosts at one time of the storage's clock.
   *
   * @throws {StatsSourceError} if a query fails, or if no host has figures. Without any host that the
   * matchers select, the sample is empty.
   */
  override async sample(): Promise<StatsSample> {
    const startedAt = this.clock.now();
    const deadline = AbortSignal.timeout(this.settings.PROMETHEUS_TIMEOUT_MS);
    const reader = new HostStatesReader(this.settings);
    const query = createHostsQuery(this.#hostMatchers);
    const warnings = new Set(await this.client.query(query, {}, deadline, (row) => reader.add(row)));
    const states = this.remembered.complete(reader.finish(), this.selected.selection);
    const containers = await this.#readContainers(states, deadline, warnings);
    const durationMs = this.clock.now() - startedAt;
    const hosts = await this.#createSamples(states, containers, { startedAt, durationMs });
    return {
      ...this.#merge(hosts, startedAt),
      durationMs,
      readAtMonotonicMs: this.clock.now(),
      warnings: [...warnings].toSorted(), // Prometheus returns them in any order
    };
  }

  override readVersion(timeoutMs: number): Promise<string> {
    return this.client.readVersion(AbortSignal.timeout(timeoutMs));
  }

  override async countRunning(timeoutMs: number): Promise<number | undefined> {
    const query = `count(${formatSelector(CONTAINER_INFO.name, this.#hostMatchers)})`;
    let count = 0;
    try {
      await this.client.query(
        query,
        {},
        AbortSignal.timeout(timeoutMs),
        ({ value }) => (count = Number(value?.[1])),
      );
      return count;
    } catch {
      return undefined;
    }
  }

  async #readContainers(
    { time, hosts }: HostStates,
    deadline: AbortSignal,
    warnings: Set<string>,
  ): Promise<ReadonlyMap<string, HostContainers>> {
    const { PROMETHEUS_HOST_LABEL, PROMETHEUS_REPLICA_LABELS } = this.settings;
    const containers = new Map<string, HostContainers>();
    for (const { name, target } of hosts) {
      if (target !== undefined)
        containers.set(name, new HostContainers(name, target, PROMETHEUS_REPLICA_LABELS));
    }
    if (time === undefined || containers.size === 0) return containers;
    const onRow = (row: Row): void => containers.get(row.metric[PROMETHEUS_HOST_LABEL] ?? '')?.add(row);
    const queries = createContainerQueries(
      [...this.#hostMatchers, ...this.selected.containerMatchers],
      this.selected.selection.isBasic,
    );
    const results = await Promise.all(
      queries.map((query) => this.client.query(query, { time }, deadline, onRow)),
    );
    results.flat().forEach((warning) => warnings.add(warning));
    return containers;
  }

  /** Creates the sample of each host: the figures are as old as their scrape. */
  #createSamples(
    { time, hosts }: HostStates,
    containers: ReadonlyMap<string, HostContainers>,
    { startedAt, durationMs }: { readonly startedAt: number; readonly durationMs: number },
  ): Promise<readonly SampledHost[]> {
    return new TimeSlices('sample').map(hosts, ({ name, target, failure }) => {
      if (target === undefined) return { name, sample: undefined, failure };
      const sample = {
        sampledAt: new Date(target.scrapedAt * 1000),
        sampledAtMonotonicMs: startedAt - Math.max(0, (Number(time) - target.scrapedAt) * 1000),
        durationMs,
        containers: [],
        skipped: [],
        ...containers.get(name)?.finish(),
      };
      return { name, sample, failure };
    });
  }

  #merge(hosts: readonly SampledHost[], startedAt: number): StatsSample {
    const merged = mergeSamples(hosts);
    if (merged !== undefined) return merged;
    if (hosts.length > 0) throw createNoFiguresError(hosts);
    if (this.selected.hostMatchers.length === 0) throw createNoHostsError();
    return {
      sampledAt: new Date(),
      sampledAtMonotonicMs: startedAt,
      durationMs: 0,
      containers: [],
      skipped: [],
      hosts: [],
    };
  }
}
