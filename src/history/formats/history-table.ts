import type { ContainerStats } from 'docker-stats-client';
import { createSteps, downsample } from '../figures/downsample.js';
import type { FieldSource } from '../figures/history-fields.js';
import { computeRates } from '../figures/rates.js';
import type { HistoryWindow } from '../store/history-window.js';

/** The columns of each container over the same times. */
export interface HistoryTable {
  /** In milliseconds since the Unix epoch. */
  readonly times: readonly number[];
  /** The names of the columns of each container. */
  readonly columns: readonly string[];
  readonly containers: readonly ContainerStats[];
  /** Yields the columns of the n-th container, each when it is needed; `NaN` where there is no value. */
  readonly read: (n: number) => Generator<Float64Array>;
}

/** Equal steps over a time. */
export interface StepRequest {
  readonly points: number;
  readonly since: number;
  readonly until: number;
}

/** Creates a table with all samples of a window, and two times without values for each gap. */
export function createSampleTable(window: HistoryWindow, fields: readonly FieldSource[]): HistoryTable {
  const times: number[] = [];
  /** The sample at each time; -1 at the edges of a gap. */
  const samples: number[] = [];
  const gaps = new Map(window.gaps.map((gap) => [gap.end, gap.usualMs]));
  window.times.forEach((at, sample) => {
    const usualMs = gaps.get(sample);
    if (usualMs !== undefined) {
      times.push(Math.round((window.times[sample - 1] ?? at) + usualMs), Math.round(at - usualMs));
      samples.push(-1, -1);
    }
    times.push(at);
    samples.push(sample);
  });
  return {
    times,
    columns: fields.map(({ name }) => name),
    containers: window.containers,
    *read(n) {
      for (const field of fields) {
        const values = readField(window, n, field);
        yield Float64Array.from(samples, (sample) => values[sample] ?? NaN);
      }
    },
  };
}

/** Creates a table with a value, a minimum and a maximum of each field per step. */
export function createStepTable(
  window: HistoryWindow,
  fields: readonly FieldSource[],
  { points, since, until }: StepRequest,
): HistoryTable {
  const steps = createSteps(points, since, until, window.times);
  return {
    times: steps.starts,
    columns: fields.flatMap(({ name }) => [name, `${name}Min`, `${name}Max`]),
    containers: window.containers,
    *read(n) {
      for (const { figure, kind } of fields) {
        const { value, min, max } = downsample(window.readFigure(n, figure), kind, window, steps);
        yield* [value, min, max];
      }
    },
  };
}

/** Returns a field of the n-th container in each sample. */
export function readField(window: HistoryWindow, n: number, { figure, kind }: FieldSource): Float64Array {
  const values = window.readFigure(n, figure);
  return kind === 'rate' ? computeRates(values, window.times, window.segments) : values;
}
