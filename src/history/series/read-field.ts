import type { ContainerSeries } from './container-series.js';
import type { FieldSummary } from 'docker-stats-client';
import { downsample, type StepColumns, type Steps } from '../figures/downsample.js';
import type { FieldSource } from '../figures/history-fields.js';
import { summarize } from '../figures/summarize.js';
import { computeRates } from '../figures/rates.js';

/** Returns a field of a container in each sample. */
export function readField(series: ContainerSeries, { figure, kind }: FieldSource): Float64Array {
  const values = series.readFigure(figure);
  const { times, segments } = series.timeline;
  return kind === 'rate' ? computeRates(values, times, segments) : values;
}

/** Returns a field of a container in each step. */
export function readSteps(
  series: ContainerSeries,
  field: FieldSource,
  getSteps: (timeline: ContainerSeries['timeline']) => Steps,
): StepColumns {
  const { timeline } = series;
  return (
    series.readSteps?.(field) ??
    downsample(series.readFigure(field.figure), field.kind, timeline, getSteps(timeline))
  );
}

/** Returns the statistics of a field of a container. */
export function summarizeField(series: ContainerSeries, field: FieldSource): FieldSummary {
  return series.summarize?.(field) ?? summarize(readField(series, field), field.kind);
}
