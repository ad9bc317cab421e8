import type { QueryRange } from '../../prometheus/client/prometheus-client.js';
import type { Point } from '../../prometheus/client/result-parser.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import type { Timeline } from '../series/container-series.js';
import { createTimeline } from '../store/create-timeline.js';
import { toColumn } from './columns.js';

/** The latest sample of a host in each step that has one. */
export interface StepSamples {
  readonly timeline: Timeline;
  /** For each sample, the column of its step. */
  readonly columns: readonly number[];
}

/** Equal steps of whole milliseconds that end with a window. Columns have one more value, of the time before the first step. */
export class StepGrid {
  readonly stepMs: number;
  /** The start of the first step. */
  readonly since: number;

  constructor(
    readonly count: number,
    since: number,
    readonly until: number,
  ) {
    this.stepMs = Math.max(1, Math.ceil((until - since) / count));
    this.since = until - count * this.stepMs;
  }

  /** The ends of the steps, for a query. */
  get range(): QueryRange {
    return { start: this.since / 1000, end: this.until / 1000, step: this.stepMs / 1000 };
  }

  /** Puts the values of points into a column. */
  toColumn(points: readonly Point[]): Float64Array {
    return toColumn(points, this.count + 1, (at) => Math.round((at - this.since) / this.stepMs));
  }

  /** Finds the samples of a host. The value of each point is the time of the latest sample, which may be older than the step. */
  async findSamples(points: readonly Point[], slices: TimeSlices): Promise<StepSamples> {
    const times: number[] = [];
    const columns: number[] = [];
    this.toColumn(points).forEach((seconds, column) => {
      const at = Math.round(seconds * 1000);
      if (!(at > this.since + (column - 1) * this.stepMs)) return;
      times.push(at);
      columns.push(column);
    });
    return { timeline: await createTimeline(undefined, times, slices), columns };
  }
}
