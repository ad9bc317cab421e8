import type { ContainerStats, Figure } from 'docker-stats-client';
import type { Settings } from '../../../config/settings.js';
import type { PrometheusClient, QueryRange } from '../../../prometheus/client/prometheus-client.js';
import type { Row } from '../../../prometheus/client/result-parser.js';
import { formatMatcher, formatSelector, quote } from '../../../prometheus/queries/promql.js';
import { isId } from '../../../stats/selection/find-container.js';
import type { KnownContainer } from '../../store/sample-history.js';
import { type Collected, CollectedFigures } from './collected-figures.js';
import { ContainerDirectory, toKey } from './container-directory.js';
import type { FleetSelection } from './fleet-selection.js';
import {
  createInfoQuery,
  createLastSampleQuery,
  createLastSeenQuery,
  createPartsQuery,
  createSamplesQuery,
  createSampleStatisticsQuery,
  createSampleTimesQuery,
  HOST_METRIC,
  type LookBack,
  type Part,
} from './history-queries.js';

/** The usual time between two scrapes: looking back in longer steps can miss a sample. */
const SCRAPE_MS = 15_000;

/** How exactly it is known when a container was seen last, and when a host was sampled first and last: the window divided by this. */
const LAST_SEEN_STEPS = 5000;
const SAMPLE_STEPS = 200; // timestamp() is expensive in Prometheus: 100 hosts, a day and 1000 steps took 7 s

/** If more hosts are selected, their names are not part of the query: VictoriaMetrics limits its length. */
const MAX_NAMED_HOSTS = 20;

/** The time of a request in milliseconds since the Unix epoch, and the label matchers of what it selects. */
export interface Window {
  readonly since: number;
  readonly until: number;
  readonly hostMatchers: readonly string[];
  readonly containerMatchers: readonly string[];
  /** Whether all containers of the hosts are selected; otherwise, only the hosts of the selected ones count. */
  readonly hasAllContainers: boolean;
}

/** A query at the end of the window, or over a range. */
interface Query {
  readonly expression: string;
  readonly range?: QueryRange;
}

/** Sends the queries for the history of one time, all within one deadline. */
export class WindowQueries {
  readonly #deadline: AbortSignal;
  /** Includes the start: the ranges of Prometheus do not. */
  readonly #rangeMs: number;
  readonly #hostMatchers: readonly string[];
  readonly #matchers: readonly string[];

  constructor(
    private readonly client: PrometheusClient,
    private readonly settings: Settings,
    private readonly window: Window,
  ) {
    this.#deadline = AbortSignal.timeout(settings.PROMETHEUS_TIMEOUT_MS);
    this.#rangeMs = window.until - window.since + 1;
    this.#hostMatchers = [settings.PROMETHEUS_MATCHERS ?? '', ...window.hostMatchers];
    this.#matchers = [...this.#hostMatchers, ...window.containerMatchers];
  }

  /** Returns the hosts. */
  async findHosts(): Promise<readonly { readonly name: string }[]> {
    const { PROMETHEUS_HOST_LABEL: label } = this.settings;
    const hosts: { name: string }[] = [];
    const up = formatSelector(HOST_METRIC, this.#hostMatchers);
    const expression = `count by (${label}) (last_over_time(${up}[${this.#rangeMs}ms]))`;
    await this.#query({ expression }, ({ metric }) => hosts.push({ name: metric[label] ?? '' }));
    return hosts;
  }

  /** Returns the containers, also those that have ended. */
  async findContainers(): Promise<readonly ContainerStats[]> {
    const directory = this.#createDirectory();
    const expression = createInfoQuery(this.#matchers, this.#rangeMs);
    await this.#query({ expression }, ({ metric }) => directory.add(metric));
    return directory.sorted;
  }

  /** Returns the containers that a reference may mean: a name, an id or the start of an id. */
  async findByReference(reference: string): Promise<readonly KnownContainer[]> {
    const found = new Map<string, KnownContainer>();
    const lookBack = this.#lookBack(LAST_SEEN_STEPS);
    const matchers = [
      `name=${quote(reference)}`,
      ...(isId(reference) ? [`id=~${quote(`${reference}.*`)}`] : []),
    ];
    const expressions = matchers.map((matcher) =>
      createLastSeenQuery([...this.#matchers, matcher], lookBack),
    );
    await this.#query({ expression: expressions.join(' or ') }, ({ metric, value }) => {
      const directory = this.#createDirectory();
      directory.add(metric);
      const lastSeenAt = Number(value?.[1]) * 1000;
      for (const latest of directory.sorted) {
        // A renamed container, and replicas of Prometheus, have several series.
        const key = toKey(latest.host ?? '', latest.id);
        const known = found.get(key);
        if (known === undefined || known.lastSeenAt < lastSeenAt) found.set(key, { latest, lastSeenAt });
      }
    });
    return [...found.values()];
  }

  /** Returns all samples of figures and of the hosts. */
  collectSamples(selection: FleetSelection, figures: Iterable<Figure>): Promise<Collected> {
    const up = formatSelector(HOST_METRIC, this.#matchHosts(selection));
    return this.#collect(selection, [
      { expression: createSamplesQuery(figures, this.#matchers, this.#rangeMs) },
      { expression: `${up}[${this.#rangeMs}ms]` },
    ]);
  }

  /** Returns parts over the whole window, and the first, the last and the number of the samples of each host. */
  collectStatistics(selection: FleetSelection, parts: readonly Part[]): Promise<Collected> {
    const { since } = this.window;
    const hosts = this.#matchHosts(selection);
    return this.#collect(selection, [
      { expression: createPartsQuery(parts, this.#matchers, this.#rangeMs) },
      { expression: createSampleStatisticsQuery(hosts, since, this.#lookBack(SAMPLE_STEPS)) },
    ]);
  }

  /** Returns the last sample of each host. */
  collectLastSamples(selection: FleetSelection): Promise<Collected> {
    const hosts = this.#matchHosts(selection);
    const expression = createLastSampleQuery(hosts, this.window.since, this.#lookBack(SAMPLE_STEPS));
    return this.#collect(selection, [{ expression }]);
  }

  /** Returns parts in each step of a range. */
  collectSteps(selection: FleetSelection, parts: readonly Part[], range: QueryRange): Promise<Collected> {
    const expression = createPartsQuery(parts, this.#matchers, toStepMs(range));
    return this.#collect(selection, [{ expression, range }]);
  }

  /** Returns parts in each step of a range, and the times of the latest samples of each host. */
  collectTimedSteps(
    selection: FleetSelection,
    parts: readonly Part[],
    range: QueryRange,
  ): Promise<Collected> {
    const times = createSampleTimesQuery(this.#matchHosts(selection));
    return this.#collect(selection, [
      { expression: createPartsQuery(parts, this.#matchers, toStepMs(range)), range },
      { expression: times, range },
    ]);
  }

  async #collect(selection: FleetSelection, queries: readonly Query[]): Promise<Collected> {
    const { PROMETHEUS_HOST_LABEL, PROMETHEUS_REPLICA_LABELS } = this.settings;
    const figures = new CollectedFigures(PROMETHEUS_HOST_LABEL, PROMETHEUS_REPLICA_LABELS, selection);
    await Promise.all(queries.map((query) => this.#query(query, (row) => figures.add(row))));
    return figures.finish();
  }

  async #query({ expression, range }: Query, onRow: (row: Row) => void): Promise<void> {
    const time = range === undefined ? { time: String(this.window.until / 1000) } : { range };
    await this.client.query(expression, time, this.#deadline, onRow);
  }

  #matchHosts({ hosts }: FleetSelection): readonly string[] {
    return hosts === undefined || hosts.size > MAX_NAMED_HOSTS
      ? this.#hostMatchers
      : [...this.#hostMatchers, formatMatcher(this.settings.PROMETHEUS_HOST_LABEL, [...hosts])];
  }

  /** Looks back over the whole window, in at most this number of steps. */
  #lookBack(steps: number): LookBack {
    const stepMs = Math.max(Math.min(SCRAPE_MS, this.#rangeMs / 20), this.#rangeMs / steps);
    return { rangeMs: this.#rangeMs, stepMs: Math.ceil(stepMs) };
  }

  #createDirectory(): ContainerDirectory {
    return new ContainerDirectory(this.settings.PROMETHEUS_HOST_LABEL);
  }
}

function toStepMs({ step }: QueryRange): number {
  return Math.round(step * 1000);
}
