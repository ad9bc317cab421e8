import type { ContainerStats, Figure, FieldSummary } from 'docker-stats-client';
import type { Point } from '../../prometheus/client/result-parser.js';
import type { StepColumns } from '../figures/downsample.js';
import type { FieldSource } from '../figures/history-fields.js';
import { computeRates } from '../figures/rates.js';
import { summarize } from '../figures/summarize.js';
import type { ContainerSeries, Timeline } from '../series/container-series.js';
import { FIGURES } from '../figures/figures.js';
import type { CollectedPoints } from './queries/collected-figures.js';
import { DERIVED, FIGURE_METRICS } from './queries/figure-metrics.js';
import type { Statistic } from './queries/history-queries.js';
import type { StepGrid, StepSamples } from './step-grid.js';

/** Converts points to a column. */
export type ToColumn = (points: readonly Point[]) => Float64Array;

/** The samples of a container. */
export class FleetSeries implements ContainerSeries {
  constructor(
    readonly container: ContainerStats,
    readonly timeline: Timeline,
    protected readonly points: CollectedPoints,
    protected readonly toColumn: ToColumn,
  ) {}

  readFigure(figure: number): Float64Array {
    return this.read(getFigure(figure));
  }

  countSamples(): number {
    return Math.max(0, ...[...this.points.values()].map(({ length }) => length));
  }

  /** Returns a figure, or a statistic of it. */
  protected read(figure: Figure, statistic?: Statistic): Float64Array {
    if (figure === DERIVED.figure) {
      const whole = this.read(DERIVED.whole, statistic);
      return this.read(DERIVED.part, statistic).map((part, n) => (100 * part) / (whole[n] ?? NaN));
    }
    const points = this.points.get(statistic === undefined ? figure : `${figure} ${statistic}`) ?? [];
    const convert = (statistic === 'count' ? undefined : FIGURE_METRICS.get(figure)?.fromMetric) ?? Number;
    return this.toColumn(points).map((value) => convert(value)); // keeps NaN
  }
}

/** The steps of a container, as Prometheus computed them. */
export class FleetSteps extends FleetSeries {
  constructor(
    container: ContainerStats,
    points: CollectedPoints,
    private readonly grid: StepGrid,
    /** When its host was sampled. */
    private readonly samples: StepSamples,
  ) {
    super(container, EMPTY_TIMELINE, points, (list) => grid.toColumn(list));
  }

  readSteps({ figure, kind }: FieldSource): StepColumns {
    const name = getFigure(figure);
    if (kind === 'rate') {
      const value = this.#computeRates(this.read(name, 'last'));
      const unknown = value.map(() => NaN);
      return { value, min: unknown, max: unknown };
    }
    const [value, min, max] = ([kind === 'counter' ? 'last' : 'avg', 'min', 'max'] as const).map(
      (statistic) => this.read(name, statistic).subarray(1),
    ) as [Float64Array, Float64Array, Float64Array];
    return { value, min, max };
  }

  override readFigure(figure: number): Float64Array {
    return this.read(getFigure(figure), 'last').subarray(1);
  }

  summarize(field: FieldSource): FieldSummary {
    return summarize(this.readSteps(field).value, field.kind);
  }

  /** Computes the rate from the latest sample before each step to the latest one in it. */
  #computeRates(totals: Float64Array): Float64Array {
    const { timeline, columns } = this.samples;
    const samples = Float64Array.from(columns, (column) => totals[column] ?? NaN);
    const rates = computeRates(samples, timeline.times, timeline.segments);
    const value = new Float64Array(this.grid.count + 1).fill(NaN);
    columns.forEach((column, n) => (value[column] = rates[n] ?? NaN));
    return value.subarray(1);
  }
}

/**
 * The statistics of a container over a window, as Prometheus computed them: several values if it was renamed, or if its target got
 * other labels.
 */
export class FleetSummary extends FleetSeries {
  constructor(
    container: ContainerStats,
    points: CollectedPoints,
    private readonly rates: FleetSteps,
  ) {
    super(container, EMPTY_TIMELINE, points, (list) => Float64Array.from(list, ([, value]) => Number(value)));
  }

  override readFigure(figure: number): Float64Array {
    return this.read(getFigure(figure), 'last');
  }

  override countSamples(): number {
    return this.read('cpuUsage', 'count').reduce((sum, count) => sum + count, 0);
  }

  summarize(field: FieldSource): FieldSummary {
    if (field.kind === 'rate') return this.rates.summarize(field);
    const [mins, maxs, [avg], [p95]] = (['min', 'max', 'avg', 'p95'] as const).map((statistic) =>
      this.read(getFigure(field.figure), statistic),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    return {
      min: toNumber(Math.min(...mins)),
      avg: toNumber(avg),
      max: toNumber(Math.max(...maxs)),
      p95: toNumber(p95),
    };
  }
}

/** For containers whose figures do not belong to samples. */
export const EMPTY_TIMELINE: Timeline = { host: undefined, times: [], segments: new Uint32Array(), gaps: [] };

function toNumber(value = NaN): number | null {
  return Number.isFinite(value) ? value : null;
}

function getFigure(figure: number): Figure {
  return FIGURES[figure] ?? 'cpuUsage';
}
