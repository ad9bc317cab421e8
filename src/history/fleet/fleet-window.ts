import { NotFoundException } from '@nestjs/common';
import type { ContainerStats } from 'docker-stats-client';
import type { Settings } from '../../config/settings.js';
import type { PrometheusClient, QueryTime } from '../../prometheus/client/prometheus-client.js';
import type { Point, Row } from '../../prometheus/client/result-parser.js';
import { formatSelector, quote } from '../../prometheus/queries/promql.js';
import type { HostSelection } from '../../sampling/hosts/hosts.js';
import { selectHosts } from '../../sampling/hosts/select-hosts.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { getSortField } from '../../stats/selection/sort.js';
import { type FieldSource, HISTORY_FIELDS } from '../figures/history-fields.js';
import type { HistoryRequest } from '../requests/history-request.js';
import type { ContainerSeries, SeriesSelection, Timeline } from '../series/container-series.js';
import { createTimeline } from '../store/create-timeline.js';
import { FIGURES } from '../figures/figures.js';
import type { KnownContainer } from '../store/sample-history.js';
import { type Collected, CollectedFigures, type CollectedPoints } from './collected-figures.js';
import { findLast, groupByHost, listTimes, toColumn } from './columns.js';
import { ContainerDirectory, toKey } from './container-directory.js';
import { listSources } from './figure-metrics.js';
import { EMPTY_TIMELINE, FleetSeries, FleetSteps, FleetSummary } from './fleet-series.js';
import {
  createInfoQuery,
  createLastSeenQuery,
  createPartsQuery,
  createSampleCountQuery,
  createSamplesQuery,
  createSampleTimesQuery,
  HOST_METRIC,
  listParts,
  type Part,
  RATE_STATISTICS,
  STEP_STATISTICS,
  SUMMARY_STATISTICS,
} from './history-queries.js';
import { StepGrid, type StepSamples } from './step-grid.js';

/** How many steps show the rates of a summary. */
const RATE_STEPS = 200;

/** How exactly it is known when a container was seen last: the window divided by this. */
const LAST_SEEN_STEPS = 5000;
const MIN_LAST_SEEN_STEP_MS = 15_000;

/** The time of a request, and the label matchers of what it selects. */
export interface WindowOptions {
  readonly since: number;
  readonly until: number;
  readonly hostMatchers: readonly string[];
  readonly containerMatchers: readonly string[];
  /** The host of all containers, if the response need not give the times of each host. */
  readonly onlyHost?: string;
}

/** Steps and their figures. */
interface CollectedSteps {
  readonly grid: StepGrid;
  readonly containers: Collected['containers'];
  readonly samples: ReadonlyMap<string, StepSamples>;
}

const NO_POINTS: CollectedPoints = new Map();

type ContainerPredicate = (container: ContainerStats) => boolean;

/** Reads the history of containers over one time from Prometheus. */
export class FleetWindow {
  readonly #deadline: AbortSignal;
  /** Includes the start: the ranges of Prometheus do not. */
  readonly #rangeMs: number;
  readonly #matchers: readonly string[];

  constructor(
    private readonly client: PrometheusClient,
    private readonly settings: Settings,
    private readonly options: WindowOptions,
  ) {
    this.#deadline = AbortSignal.timeout(settings.PROMETHEUS_TIMEOUT_MS);
    this.#rangeMs = options.until - options.since + 1;
    this.#matchers = [...options.hostMatchers, ...options.containerMatchers];
  }

  /**
   * Checks that each pattern selects a host of this time.
   *
   * @throws {NotFoundException} if not
   */
  async checkHosts(selection: HostSelection): Promise<void> {
    const { PROMETHEUS_HOST_LABEL: label } = this.settings;
    const up = `last_over_time(${this.#selectSamples()})`;
    const hosts: { name: string }[] = [];
    await this.#query(`count by (${label}) (${up})`, ({ metric }) =>
      hosts.push({ name: metric[label] ?? '' }),
    );
    if (selectHosts(hosts, selection).length === 0)
      throw new NotFoundException('No Docker host has this name');
  }

  /** Finds the containers that a reference may mean: a name, an id or the start of an id. */
  async findByReference(reference: string): Promise<readonly KnownContainer[]> {
    const found = new Map<string, KnownContainer>();
    const stepMs = Math.ceil(
      Math.max(Math.min(MIN_LAST_SEEN_STEP_MS, this.#rangeMs / 20), this.#rangeMs / LAST_SEEN_STEPS),
    );
    const matchers = [`name=${quote(reference)}`, `id=~${quote(`${reference.replace(/\W/g, '')}.*`)}`];
    const queries = matchers.map((matcher) =>
      createLastSeenQuery([...this.#matchers, matcher], this.#rangeMs, stepMs),
    );
    await this.#query(queries.join(' or '), ({ metric, value }) => {
      const directory = this.#createDirectory();
      directory.add(metric);
      const lastSeenAt = Number(value?.[1]) * 1000;
      for (const latest of directory.sorted) {
        // A renamed container, and replicas of Prometheus, have several series.
        const known = found.get(getKey(latest));
        if (known === undefined || known.lastSeenAt < lastSeenAt)
          found.set(getKey(latest), { latest, lastSeenAt });
      }
    });
    return [...found.values()];
  }

  /** Reads what a request needs of the containers that it selects. */
  async read(
    request: HistoryRequest,
    isSelected: ContainerPredicate,
    slices: TimeSlices,
  ): Promise<SeriesSelection> {
    const directory = this.#createDirectory();
    await this.#query(createInfoQuery(this.#matchers, this.#rangeMs), ({ metric }) => directory.add(metric));
    const containers = directory.sorted.filter(isSelected);
    const fields = addSortField(request);
    if (request.view === 'summary') return this.#readSummary(containers, fields, slices);
    return request.points === undefined
      ? this.#readSamples(containers, fields, slices)
      : this.#readSteps(containers, fields, request.points, slices);
  }

  async #readSamples(
    containers: readonly ContainerStats[],
    fields: readonly FieldSource[],
    slices: TimeSlices,
  ): Promise<SeriesSelection> {
    const { onlyHost } = this.options;
    const sources = fields.flatMap(({ figure }) => listSources(FIGURES[figure] ?? 'cpuUsage'));
    const collected = await this.#collect([
      createSamplesQuery(sources, this.#matchers, this.#rangeMs),
      this.#selectSamples(),
    ]);
    const groups = groupByHost(containers);
    const hosts = onlyHost === undefined ? [...collected.hosts.keys()].toSorted() : [onlyHost];
    const timelines: Timeline[] = [];
    const series: ContainerSeries[] = [];
    for (const host of hosts) {
      const ofHost = groups.get(host) ?? [];
      const points = ofHost.map((container) => collected.containers.get(getKey(container)) ?? NO_POINTS);
      const times = listTimes(collected.hosts.get(host)?.get(HOST_METRIC) ?? [], points);
      if (times.length === 0 && onlyHost === undefined) continue;
      // oxlint-disable-next-line no-await-in-loop -- the hosts share the time slices
      const timeline = await createTimeline(onlyHost === undefined ? host : undefined, times, slices);
      const indexes = new Map(timeline.times.map((at, n) => [at, n]));
      const toSamples = (list: readonly Point[]): Float64Array =>
        toColumn(list, indexes.size, (at) => indexes.get(at));
      timelines.push(timeline);
      ofHost.forEach((container, n) =>
        series.push(new FleetSeries(container, timeline, points[n] ?? NO_POINTS, toSamples)),
      );
    }
    return { timelines, series, sampledAt: findLast(timelines) };
  }

  async #readSteps(
    containers: readonly ContainerStats[],
    fields: readonly FieldSource[],
    points: number,
    slices: TimeSlices,
  ): Promise<SeriesSelection> {
    const steps = await this.#collectSteps(listParts(fields, STEP_STATISTICS), points, slices);
    return {
      timelines: [EMPTY_TIMELINE],
      series: containers.map((container) => createSteps(container, steps)),
      sampledAt: findLast(listTimelines(steps)),
      steps: steps.grid,
    };
  }

  async #readSummary(
    containers: readonly ContainerStats[],
    fields: readonly FieldSource[],
    slices: TimeSlices,
  ): Promise<SeriesSelection> {
    const parts = [...listParts(fields, SUMMARY_STATISTICS), 'cpuUsage count' as const];
    const [collected, steps] = await Promise.all([
      this.#collect([
        createPartsQuery(parts, this.#matchers, this.#rangeMs),
        createSampleCountQuery(this.options.hostMatchers, this.#rangeMs),
      ]),
      this.#collectSteps(listParts(fields, RATE_STATISTICS), RATE_STEPS, slices),
    ]);
    const series = containers.map((container) => {
      const points = collected.containers.get(getKey(container)) ?? NO_POINTS;
      return new FleetSummary(container, points, createSteps(container, steps));
    });
    const timelines = listTimelines(steps);
    const times = timelines.flatMap(({ times: ofHost }) => ofHost.filter((at) => at >= this.options.since));
    const samples = [...collected.hosts.values()].map((points) =>
      Number(points.get('samples')?.[0]?.[1] ?? 0),
    );
    const window = {
      since: times.reduce((a, b) => Math.min(a, b), Infinity),
      until: times.reduce((a, b) => Math.max(a, b), -Infinity),
      samples: samples.reduce((sum, count) => sum + count, 0),
    };
    return { timelines: [], series, sampledAt: findLast(timelines), window };
  }

  /** Collects parts over steps, and the times of samples. */
  async #collectSteps(parts: readonly Part[], count: number, slices: TimeSlices): Promise<CollectedSteps> {
    const grid = new StepGrid(count, this.options.since, this.options.until);
    const queries = [createSampleTimesQuery(this.options.hostMatchers)];
    if (parts.length > 0) queries.push(createPartsQuery(parts, this.#matchers, grid.stepMs));
    const { hosts, containers } = await this.#collect(queries, { range: grid.range });
    const samples = new Map<string, StepSamples>();
    for (const [host, points] of hosts)
      // oxlint-disable-next-line no-await-in-loop -- the hosts share the time slices
      samples.set(host, await grid.findSamples(points.get('sampledAt') ?? [], slices));
    return { grid, containers, samples };
  }

  async #collect(queries: readonly string[], time: QueryTime = {}): Promise<Collected> {
    const { PROMETHEUS_HOST_LABEL, PROMETHEUS_REPLICA_LABELS } = this.settings;
    const figures = new CollectedFigures(PROMETHEUS_HOST_LABEL, PROMETHEUS_REPLICA_LABELS);
    await Promise.all(queries.map((query) => this.#query(query, (row) => figures.add(row), time)));
    return figures.finish();
  }

  #selectSamples(): string {
    return `${formatSelector(HOST_METRIC, this.options.hostMatchers)}[${this.#rangeMs}ms]`;
  }

  /** Evaluates an expression at the end of the window, or over a range. */
  async #query(query: string, onRow: (row: Row) => void, { range }: QueryTime = {}): Promise<void> {
    const time = range === undefined ? { time: String(this.options.until / 1000) } : { range };
    await this.client.query(query, time, this.#deadline, onRow);
  }

  #createDirectory(): ContainerDirectory {
    return new ContainerDirectory(this.settings.PROMETHEUS_HOST_LABEL);
  }
}

/** Adds the field by which the containers are sorted. */
function addSortField({ fields, sort }: HistoryRequest): readonly FieldSource[] {
  const field =
    sort === undefined ? undefined : HISTORY_FIELDS.find(({ name }) => name === getSortField(sort));
  return field === undefined ? fields : [...fields, field];
}

function createSteps(container: ContainerStats, { grid, containers, samples }: CollectedSteps): FleetSteps {
  const points = containers.get(getKey(container)) ?? NO_POINTS;
  const ofHost = samples.get(container.host ?? '') ?? { timeline: EMPTY_TIMELINE, columns: [] };
  return new FleetSteps(container, points, grid, ofHost);
}

function listTimelines({ samples }: CollectedSteps): readonly Timeline[] {
  return [...samples.values()].map(({ timeline }) => timeline);
}

function getKey({ host = '', id }: ContainerStats): string {
  return toKey(host, id);
}
