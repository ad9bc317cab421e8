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
import { CollectedFigures, type CollectedPoints } from './collected-figures.js';
import { findLast, groupByHost, listTimes, toColumn } from './columns.js';
import { ContainerDirectory, toKey } from './container-directory.js';
import { listSources } from './figure-metrics.js';
import { EMPTY_TIMELINE, FleetSeries, FleetSteps, FleetSummary } from './fleet-series.js';
import {
  createInfoQuery,
  createLastSeenQuery,
  createPartsQuery,
  createSamplesQuery,
  listParts,
  RATE_STATISTICS,
  STEP_STATISTICS,
  SUMMARY_STATISTICS,
} from './history-queries.js';

/** How many steps show the rates of a summary. */
const RATE_STEPS = 200;

/** How exactly it is known when a container was seen last: the window divided by this. */
const LAST_SEEN_STEPS = 5000;
const MIN_LAST_SEEN_STEP_MS = 15_000;

/** The time of a request, and the label matchers of what it selects. */
export interface WindowOptions {
  readonly since: number;
  readonly until: number;
  readonly matchers: readonly string[];
  /** Whether the response has only containers of one host, so that it need not give the times of each host. */
  readonly isOneHost: boolean;
}

/** Equal steps of whole milliseconds that end with the window. */
interface Grid {
  readonly count: number;
  readonly stepMs: number;
  readonly start: number;
}

const NO_POINTS: CollectedPoints = new Map();

type ContainerPredicate = (container: ContainerStats) => boolean;

/** Reads the history of containers over one time from Prometheus. */
export class FleetWindow {
  readonly #deadline: AbortSignal;
  readonly #rangeMs: number;

  constructor(
    private readonly client: PrometheusClient,
    private readonly settings: Settings,
    private readonly options: WindowOptions,
  ) {
    this.#deadline = AbortSignal.timeout(settings.PROMETHEUS_TIMEOUT_MS);
    this.#rangeMs = Math.max(1, options.until - options.since);
  }

  /**
   * Checks that each pattern selects a host of this time.
   *
   * @throws {NotFoundException} if not
   */
  async checkHosts(matchers: readonly string[], selection: HostSelection): Promise<void> {
    const { PROMETHEUS_HOST_LABEL: label, PROMETHEUS_MATCHERS = '' } = this.settings;
    const up = `last_over_time(${formatSelector('docker_up', [PROMETHEUS_MATCHERS, ...matchers])}[${this.#rangeMs}ms])`;
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
      createLastSeenQuery([...this.options.matchers, matcher], this.#rangeMs, stepMs),
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
    await this.#query(createInfoQuery(this.options.matchers, this.#rangeMs), ({ metric }) =>
      directory.add(metric),
    );
    const containers = directory.sorted.filter(isSelected);
    const fields = addSortField(request);
    if (request.view === 'summary') return this.#readSummary(containers, fields);
    return request.points === undefined
      ? this.#readSamples(containers, fields, slices)
      : this.#readSteps(containers, fields, request.points);
  }

  async #readSamples(
    containers: readonly ContainerStats[],
    fields: readonly FieldSource[],
    slices: TimeSlices,
  ): Promise<SeriesSelection> {
    const figures = fields.flatMap(({ figure }) => listSources(FIGURES[figure] ?? 'cpuUsage'));
    const collected = await this.#collect(
      createSamplesQuery(figures, this.options.matchers, this.#rangeMs),
      {},
    );
    const timelines: Timeline[] = [];
    const series: ContainerSeries[] = [];
    for (const [host, ofHost] of groupByHost(containers)) {
      const points = ofHost.map((container) => collected.get(getKey(container)) ?? NO_POINTS);
      const name = this.options.isOneHost ? undefined : host;
      const timeline = await createTimeline(name, listTimes(points), slices); // oxlint-disable-line no-await-in-loop -- the hosts share the time slices
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
  ): Promise<SeriesSelection> {
    const grid = this.#createGrid(points);
    const collected = await this.#collectSteps(listParts(fields, STEP_STATISTICS), grid);
    const series = containers.map((container) => createSteps(container, collected, grid));
    return { timelines: [EMPTY_TIMELINE], series, sampledAt: new Date(this.options.until) };
  }

  async #readSummary(
    containers: readonly ContainerStats[],
    fields: readonly FieldSource[],
  ): Promise<SeriesSelection> {
    const { since, until, matchers } = this.options;
    const parts = [...listParts(fields, SUMMARY_STATISTICS), 'cpuUsage count' as const];
    const query = createPartsQuery(parts, matchers, this.#rangeMs);
    const grid = this.#createGrid(RATE_STEPS);
    const [collected, rates] = await Promise.all([
      this.#collect(query, {}),
      this.#collectSteps(listParts(fields, RATE_STATISTICS), grid),
    ]);
    const series = containers.map(
      (container) =>
        new FleetSummary(
          container,
          collected.get(getKey(container)) ?? NO_POINTS,
          createSteps(container, rates, grid),
        ),
    );
    const samples = Math.max(0, ...series.map((one) => one.countSamples()));
    return { timelines: [], series, sampledAt: new Date(until), window: { since, until, samples } };
  }

  async #collectSteps(
    parts: ReturnType<typeof listParts>,
    { start, stepMs, count }: Grid,
  ): Promise<ReadonlyMap<string, CollectedPoints>> {
    if (parts.length === 0) return new Map();
    const range = { start: start / 1000, end: (start + count * stepMs) / 1000, step: stepMs / 1000 };
    return this.#collect(createPartsQuery(parts, this.options.matchers, stepMs), { range });
  }

  async #collect(query: string, time: QueryTime): Promise<ReadonlyMap<string, CollectedPoints>> {
    const { PROMETHEUS_HOST_LABEL, PROMETHEUS_REPLICA_LABELS } = this.settings;
    const figures = new CollectedFigures(PROMETHEUS_HOST_LABEL, PROMETHEUS_REPLICA_LABELS);
    await this.#query(query, (row) => figures.add(row), time);
    return figures.finish();
  }

  /** Evaluates an expression at the end of the window, or over a range. */
  async #query(query: string, onRow: (row: Row) => void, { range }: QueryTime = {}): Promise<void> {
    const time = range === undefined ? { time: String(this.options.until / 1000) } : { range };
    await this.client.query(query, time, this.#deadline, onRow);
  }

  #createDirectory(): ContainerDirectory {
    return new ContainerDirectory(this.settings.PROMETHEUS_HOST_LABEL);
  }

  #createGrid(count: number): Grid {
    const stepMs = Math.max(1, Math.ceil(this.#rangeMs / count));
    return { count, stepMs, start: this.options.until - count * stepMs };
  }
}

/** Adds the field by which the containers are sorted. */
function addSortField({ fields, sort }: HistoryRequest): readonly FieldSource[] {
  const field =
    sort === undefined ? undefined : HISTORY_FIELDS.find(({ name }) => name === getSortField(sort));
  return field === undefined ? fields : [...fields, field];
}

function createSteps(
  container: ContainerStats,
  collected: ReadonlyMap<string, CollectedPoints>,
  { start, stepMs, count }: Grid,
): FleetSteps {
  const points = collected.get(getKey(container)) ?? NO_POINTS;
  const toGrid = (list: readonly Point[]): Float64Array =>
    toColumn(list, count + 1, (at) => Math.round((at - start) / stepMs));
  return new FleetSteps(container, EMPTY_TIMELINE, points, toGrid, stepMs);
}

function getKey({ host = '', id }: ContainerStats): string {
  return toKey(host, id);
}
