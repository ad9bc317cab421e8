import type { ContainerStats } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { createSteps, listStepStarts } from '../figures/downsample.js';
import type { FieldSource } from '../figures/history-fields.js';
import { readField, readSteps } from '../series/read-field.js';
import type { SeriesSelection, Timeline } from '../series/container-series.js';

/** The times of columns. */
export interface TimeAxis {
  /** The Docker host whose containers have these times; `undefined` if all containers have them. */
  readonly host: string | undefined;
  /** In milliseconds since the Unix epoch. */
  readonly times: readonly number[];
}

/** A container and its columns. */
export interface TableRow {
  readonly container: ContainerStats;
  readonly axis: TimeAxis;
  /** Yields the columns, each when it is needed; `NaN` where there is no value. */
  readonly read: () => Generator<Float64Array>;
}

/** The columns of containers over times. */
export interface HistoryTable {
  readonly axes: readonly TimeAxis[];
  /** The names of the columns of each container. */
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/** Equal steps over a time. */
export interface StepRequest {
  readonly points: number;
  readonly since: number;
  readonly until: number;
}

/** The samples of a timeline, and two times for each gap. */
interface SampleAxis extends TimeAxis {
  /** The sample at each time; -1 at the edges of a gap. */
  readonly samples: readonly number[];
}

/** Creates a table with all samples, and two times without values for each gap. Works in time slices. */
export async function createSampleTable(
  { timelines, series }: SeriesSelection,
  fields: readonly FieldSource[],
  slices: TimeSlices,
): Promise<HistoryTable> {
  const getAxis = cachePerTimeline(createSampleAxis);
  return {
    axes: await slices.map(timelines, getAxis),
    columns: fields.map(({ name }) => name),
    rows: await slices.map(series, (one) => {
      const axis = getAxis(one.timeline);
      return {
        container: one.container,
        axis,
        *read() {
          for (const field of fields) {
            const values = readField(one, field);
            yield Float64Array.from(axis.samples, (sample) => values[sample] ?? NaN);
          }
        },
      };
    }),
  };
}

/**
 * Creates a table with a value, a minimum and a maximum of each field per step. All containers have the same steps. Works in time
 * slices.
 */
export async function createStepTable(
  { series }: SeriesSelection,
  fields: readonly FieldSource[],
  { points, since, until }: StepRequest,
  slices: TimeSlices,
): Promise<HistoryTable> {
  const axis = { host: undefined, times: listStepStarts(points, since, until) };
  const getSteps = cachePerTimeline(({ times }) => createSteps(points, since, until, times));
  return {
    axes: [axis],
    columns: fields.flatMap(({ name }) => [name, `${name}Min`, `${name}Max`]),
    rows: await slices.map(series, (one) => ({
      container: one.container,
      axis,
      *read() {
        for (const field of fields) {
          const { value, min, max } = readSteps(one, field, getSteps);
          yield* [value, min, max];
        }
      },
    })),
  };
}

function createSampleAxis({ host, times: sampleTimes, gaps }: Timeline): SampleAxis {
  const times: number[] = [];
  const samples: number[] = [];
  const usualMsByEnd = new Map(gaps.map((gap) => [gap.end, gap.usualMs]));
  sampleTimes.forEach((at, sample) => {
    const usualMs = usualMsByEnd.get(sample);
    if (usualMs !== undefined) {
      times.push(Math.round((sampleTimes[sample - 1] ?? at) + usualMs), Math.round(at - usualMs));
      samples.push(-1, -1);
    }
    times.push(at);
    samples.push(sample);
  });
  return { host, times, samples };
}

/** Returns a function that creates a value only once per timeline. */
function cachePerTimeline<T>(create: (timeline: Timeline) => T): (timeline: Timeline) => T {
  const created = new Map<Timeline, T>();
  return (timeline) => {
    const value = created.get(timeline) ?? create(timeline);
    created.set(timeline, value);
    return value;
  };
}
