import type { ContainerStats } from 'docker-stats-client';
import type { Point } from '../../prometheus/client/result-parser.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { getSortField } from '../../stats/selection/sort.js';
import { FIGURES } from '../figures/figures.js';
import { type FieldSource, HISTORY_FIELDS } from '../figures/history-fields.js';
import type { HistoryRequest } from '../requests/history-request.js';
import type { ContainerSeries, SeriesSelection, Timeline } from '../series/container-series.js';
import { createTimeline } from '../store/create-timeline.js';
import { findLast, findLastTime, groupByHost, listTimes, listValues, toColumn, toDate } from './columns.js';
import { EMPTY_TIMELINE, FleetSeries, FleetSteps, FleetSummary } from './fleet-series.js';
import type { Collected, CollectedPoints } from './queries/collected-figures.js';
import { toKey } from './queries/container-directory.js';
import { FleetSelection } from './queries/fleet-selection.js';
import { listSources } from './queries/figure-metrics.js';
import {
  HOST_METRIC,
  listParts,
  type NeededStatistics,
  RATE_STATISTICS,
  STEP_STATISTICS,
  SUMMARY_STATISTICS,
} from './queries/history-queries.js';
import type { Window, WindowQueries } from './queries/window-queries.js';
import { StepGrid, type StepSamples } from './step-grid.js';

/** How many steps show the rates of a summary. */
const RATE_STEPS = 200;

/** Steps and their figures. */
interface CollectedSteps {
  readonly grid: StepGrid;
  readonly containers: Collected['containers'];
  readonly samples: ReadonlyMap<string, StepSamples>;
}

/** The containers that a request selects, and what it needs of them. */
interface Wanted {
  readonly containers: readonly ContainerStats[];
  readonly fields: readonly FieldSource[];
  readonly selection: FleetSelection;
}

const NO_POINTS: CollectedPoints = new Map();

/** Reads the history of containers over one time. */
export class FleetWindow {
  /** @param onlyHost the host of all containers, if the response need not give the times of each host */
  constructor(
    private readonly queries: WindowQueries,
    private readonly window: Window,
    private readonly onlyHost?: string,
  ) {}

  /** Reads what a request needs of the containers that it selects. */
  async read(
    request: HistoryRequest,
    isSelected: (container: ContainerStats) => boolean,
    slices: TimeSlices,
  ): Promise<SeriesSelection> {
    const containers = (await this.queries.findContainers()).filter(isSelected);
    const selection = new FleetSelection(containers, this.window.hasAllContainers);
    const wanted = { containers, fields: addSortField(request), selection };
    if (request.view === 'summary') return this.#readSummary(wanted, slices);
    return request.points === undefined
      ? this.#readSamples(wanted, slices)
      : this.#readSteps(wanted, request.points, slices);
  }

  async #readSamples(
    { containers, fields, selection }: Wanted,
    slices: TimeSlices,
  ): Promise<SeriesSelection> {
    const figures = fields.flatMap(({ figure }) => listSources(FIGURES[figure] ?? 'cpuUsage'));
    const collected = await this.queries.collectSamples(selection, figures);
    const groups = groupByHost(containers);
    const hosts = this.onlyHost === undefined ? [...collected.hosts.keys()].toSorted() : [this.onlyHost];
    const timelines: Timeline[] = [];
    const series: ContainerSeries[] = [];
    for (const host of hosts) {
      const ofHost = groups.get(host) ?? [];
      const points = ofHost.map((container) => findPoints(collected.containers, container));
      const times = listTimes(collected.hosts.get(host)?.get(HOST_METRIC) ?? [], points);
      if (times.length === 0 && this.onlyHost === undefined) continue;
      // oxlint-disable-next-line no-await-in-loop -- the hosts share the time slices
      const timeline = await createTimeline(this.onlyHost === undefined ? host : undefined, times, slices);
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

  async #readSteps(wanted: Wanted, points: number, slices: TimeSlices): Promise<SeriesSelection> {
    const [steps, { hosts }] = await Promise.all([
      this.#collectSteps(wanted, STEP_STATISTICS, points, slices),
      this.queries.collectLastSamples(wanted.selection),
    ]);
    return {
      timelines: [EMPTY_TIMELINE],
      series: wanted.containers.map((container) => createSteps(container, steps)),
      sampledAt: toDate(findLastTime(hosts)),
      steps: steps.grid,
    };
  }

  async #readSummary(wanted: Wanted, slices: TimeSlices): Promise<SeriesSelection> {
    const parts = [...listParts(wanted.fields, SUMMARY_STATISTICS), 'cpuUsage count' as const];
    const [{ hosts, containers }, rates] = await Promise.all([
      this.queries.collectStatistics(wanted.selection, parts),
      this.#collectSteps(wanted, RATE_STATISTICS, RATE_STEPS, slices),
    ]);
    const series = wanted.containers.map((container) => {
      const points = findPoints(containers, container);
      return new FleetSummary(container, points, createSteps(container, rates));
    });
    const window = {
      since: Math.round(Math.min(...listValues(hosts, 'first')) * 1000),
      until: findLastTime(hosts),
      samples: listValues(hosts, 'samples').reduce((sum, count) => sum + count, 0),
    };
    return { timelines: [], series, sampledAt: toDate(window.until), window };
  }

  /** Collects the statistics of fields in steps, and for rates the times of samples. */
  async #collectSteps(
    { fields, selection }: Wanted,
    needed: NeededStatistics,
    count: number,
    slices: TimeSlices,
  ): Promise<CollectedSteps> {
    const grid = new StepGrid(count, this.window.since, this.window.until);
    const parts = listParts(fields, needed);
    const samples = new Map<string, StepSamples>();
    if (parts.length === 0) return { grid, containers: new Map(), samples };
    if (fields.every(({ kind }) => kind !== 'rate'))
      return { grid, samples, ...(await this.queries.collectSteps(selection, parts, grid.range)) };
    const { hosts, containers } = await this.queries.collectTimedSteps(selection, parts, grid.range);
    for (const [host, points] of hosts)
      // oxlint-disable-next-line no-await-in-loop -- the hosts share the time slices
      samples.set(host, await grid.findSamples(points.get('sampledAt') ?? [], slices));
    return { grid, containers, samples };
  }
}

/** Adds the field by which the containers are sorted. */
function addSortField({ fields, sort }: HistoryRequest): readonly FieldSource[] {
  const field =
    sort === undefined ? undefined : HISTORY_FIELDS.find(({ name }) => name === getSortField(sort));
  return field === undefined ? fields : [...fields, field];
}

function createSteps(container: ContainerStats, { grid, containers, samples }: CollectedSteps): FleetSteps {
  const ofHost = samples.get(container.host ?? '') ?? { timeline: EMPTY_TIMELINE, columns: [] };
  return new FleetSteps(container, findPoints(containers, container), grid, ofHost);
}

function findPoints(containers: Collected['containers'], { host = '', id }: ContainerStats): CollectedPoints {
  return containers.get(toKey(host, id)) ?? NO_POINTS;
}
