import type { Figure } from 'docker-stats-client';
import { CONTAINER_FIELDS, isFigure } from '../../../sampling/container-fields.js';
import { METRIC_UNITS } from '../../../sampling/metric-units.js';

/** Where Prometheus has a figure. */
export interface FigureMetric {
  readonly name: string;
  readonly direction: string | undefined;
  readonly fromMetric: (value: number) => number;
}

/** The metric of each figure. {@link DERIVED} has none. */
export const FIGURE_METRICS: ReadonlyMap<Figure, FigureMetric> = new Map(
  CONTAINER_FIELDS.filter(isFigure).flatMap(({ name, unit, metric, direction }) =>
    metric === undefined
      ? []
      : [[name, { name: metric.name, direction, fromMetric: METRIC_UNITS[unit].fromMetric }] as const],
  ),
);

/** The memory in % of the limit has no metric: it follows from two others. */
export const DERIVED = { figure: 'memoryPercent', part: 'memoryUsage', whole: 'memoryLimit' } as const;

/** Returns the figures with a metric that a figure follows from. */
export function listSources(figure: Figure): readonly Figure[] {
  return figure === DERIVED.figure ? [DERIVED.part, DERIVED.whole] : [figure];
}
