import type { ContainerSeries } from '../series/container-series.js';
import type { FieldSource } from './history-fields.js';
import { computeRates } from './rates.js';

/** Returns a field of a container in each sample. */
export function readField(series: ContainerSeries, { figure, kind }: FieldSource): Float64Array {
  const values = series.readFigure(figure);
  const { times, segments } = series.timeline;
  return kind === 'rate' ? computeRates(values, times, segments) : values;
}
