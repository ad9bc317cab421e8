import { roundFigure } from '../../../../src/history/figures/round-figure.js';
import type { ContainerStats, Figure, History, HostsHistory } from 'docker-stats-client';
import { findGap, getUsualDistance } from '../../live/gaps.js';

/** The figures that the charts show. */
export const CHART_FIGURES = [
  'cpuUsage',
  'memoryUsage',
  'memoryLimit',
  'networkReceived',
  'networkSent',
  'blockRead',
  'blockWritten',
  'pids',
] as const satisfies readonly Figure[];

export type ChartFigure = (typeof CHART_FIGURES)[number];

export type Values = readonly (number | null)[];

/** What is known of one container: a value per time, `null` where there is none. */
export interface FigureSeries {
  /** Milliseconds since the Unix epoch, ascending, none twice. */
  readonly times: readonly number[];
  readonly figures: Readonly<Record<ChartFigure, Values>>;
}

/** More samples would slow the charts down: 5 hours, if one is taken every 2 s. */
const MAX_SAMPLES = 10_000;

/** How many distances show the usual one. */
const NEIGHBOURS = 5;

export const EMPTY_SERIES: FigureSeries = { times: [], figures: fill(() => []) };

/** Appends a live sample, unless the series has it already. `container` is missing if the sample does not have it. */
export function appendSample(
  series: FigureSeries,
  time: number,
  container: ContainerStats | undefined,
): FigureSeries {
  const last = series.times.at(-1);
  if (last !== undefined && time <= last) return series;
  const gapTimes = listGapTimes(series.times, time);
  return limit({
    times: [...series.times, ...gapTimes, time],
    figures: fill((figure) => [
      ...series.figures[figure],
      ...gapTimes.map(() => null),
      roundLikeHistory(container?.[figure] ?? null),
    ]),
  });
}

/** Replaces the part of the series that the history covers, so that holes are filled and no sample is doubled. */
export function mergeHistory(
  series: FigureSeries,
  { sampledAt = [], containers }: History | HostsHistory,
): FigureSeries {
  const times = sampledAt.map((text) => Date.parse(text));
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return series;
  const before = countUntil(series.times, (time) => time >= first);
  const after = countUntil(series.times, (time) => time > last);
  const gapTimes = listGapTimes(series.times.slice(0, before), first);
  const container = containers[0];
  return limit({
    times: [...series.times.slice(0, before), ...gapTimes, ...times, ...series.times.slice(after)],
    figures: fill((figure) => [
      ...series.figures[figure].slice(0, before),
      ...gapTimes.map(() => null),
      ...(container?.[figure] ?? times.map(() => null)),
      ...series.figures[figure].slice(after),
    ]),
  });
}

/** The history has 7 digits. With more, a total would seem to grow where the live samples begin. */
function roundLikeHistory(value: number | null): number | null {
  return value === null ? null : roundFigure(Math.fround(value));
}

/** The time of the last sample that has the container. */
export function findLastSeen({ times, figures }: FigureSeries): number | undefined {
  return times[figures.cpuUsage.findLastIndex((value) => value !== null)];
}

/** Returns the time of an empty sample between the last sample and the next one, if the pause between them is a gap. */
function listGapTimes(times: readonly number[], next: number): number[] {
  const last = times.at(-1);
  const usualMs = getUsualDistance(times.slice(-NEIGHBOURS - 1));
  const gapTime = last === undefined ? undefined : findGap(last, usualMs, next);
  return gapTime === undefined ? [] : [gapTime];
}

function countUntil(times: readonly number[], isEnd: (time: number) => boolean): number {
  const end = times.findIndex((time) => isEnd(time));
  return end === -1 ? times.length : end;
}

function limit(series: FigureSeries): FigureSeries {
  if (series.times.length <= MAX_SAMPLES) return series;
  return {
    times: series.times.slice(-MAX_SAMPLES),
    figures: fill((figure) => series.figures[figure].slice(-MAX_SAMPLES)),
  };
}

function fill(createValues: (figure: ChartFigure) => Values): Record<ChartFigure, Values> {
  return Object.fromEntries(CHART_FIGURES.map((figure) => [figure, createValues(figure)])) as Record<
    ChartFigure,
    Values
  >;
}
