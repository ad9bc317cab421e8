import { type FigureSeries, findLastSeen, type Values } from './figure-series.js';

/** The part of the time that the charts show: the last so many milliseconds, everything, or what the user selected. */
export type TimeWindow = { readonly lastMs: number } | 'all' | TimeRange;

export interface TimeRange {
  /** Milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
}

/** The extremes and the average over a window, and the last value. */
export interface Summary {
  readonly min: number;
  readonly average: number;
  readonly max: number;
}

/** With one or two samples, a chart of this length is easier to read than one that grows with every sample. */
const MIN_RANGE_MS = 60_000;

/** Returns the times of a window. The last minutes end at the newest sample, or when the container ended. */
export function resolveWindow(window: TimeWindow, series: FigureSeries, ended: boolean): TimeRange {
  if (window !== 'all' && 'from' in window) return window;
  const to = (ended ? findLastSeen(series) : undefined) ?? series.times.at(-1) ?? 0;
  if (window !== 'all') return { from: to - window.lastMs, to };
  return { from: Math.min(series.times[0] ?? to, to - MIN_RANGE_MS), to };
}

/** Summarizes the values in a window; `undefined` if it has none. */
export function summarize(
  times: readonly number[],
  values: Values,
  { from, to }: TimeRange,
): Summary | undefined {
  let [min, sum, max, count] = [Infinity, 0, -Infinity, 0];
  for (const [n, value] of values.entries()) {
    const time = times[n] ?? NaN;
    if (value === null || !(time >= from && time <= to)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count++;
  }
  return count === 0 ? undefined : { min, average: sum / count, max };
}
