import type { ContainerStats, FieldSummary } from 'docker-stats-client';
import type { StepColumns } from '../figures/downsample.js';
import type { FieldSource } from '../figures/history-fields.js';

/** A pause without samples, because no client sent requests. */
export interface Gap {
  /** The index of the first sample after the gap. */
  readonly end: number;
  /** The usual distance of the samples around it, in milliseconds. */
  readonly usualMs: number;
}

/** When samples were taken. */
export interface Timeline {
  /** The Docker host that was sampled; `undefined` if all containers of a response have these times. */
  readonly host: string | undefined;
  /** In milliseconds since the Unix epoch, ascending. */
  readonly times: readonly number[];
  /** For each sample, the number of gaps before it. */
  readonly segments: Uint32Array;
  readonly gaps: readonly Gap[];
}

/** The figures of a container over a timeline. */
export interface ContainerSeries {
  readonly container: ContainerStats;
  readonly timeline: Timeline;
  /** Returns a figure in each sample. `NaN` if the sample does not have it. */
  readFigure(figure: number): Float64Array;
  /** Counts the samples that have the container. */
  countSamples(): number;
  /** Returns a field in the steps of the request, if a storage has computed them. */
  readSteps?(field: FieldSource): StepColumns;
  /** Returns the statistics of a field over the window of the request, if a storage has computed them. */
  summarize?(field: FieldSource): FieldSummary;
}

/** The containers of a response, wherever their figures come from. */
export interface SeriesSelection {
  /** Also those without a selected container. */
  readonly timelines: readonly Timeline[];
  readonly series: readonly ContainerSeries[];
  /** When the newest sample was taken. */
  readonly sampledAt?: Date | undefined;
  /** The start and the end of the steps, if a storage has computed them. */
  readonly steps?: { readonly since: number; readonly until: number };
  /** The first and the last time (infinite without a sample), and the number of samples, if the timelines do not have them. */
  readonly window?: { readonly since: number; readonly until: number; readonly samples: number };
}
