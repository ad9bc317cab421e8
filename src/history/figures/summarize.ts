import type { FieldSummary } from 'docker-stats-client';
import type { FieldSource } from './history-fields.js';

const NONE: FieldSummary = { min: null, avg: null, max: null, p95: null };

const PERCENTILE = 0.95;

/** Summarizes the values of a field. A total has no average and no percentile: they would mean nothing. */
export function summarize(values: Float64Array, kind: FieldSource['kind']): FieldSummary {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted();
  if (sorted.length === 0) return NONE;
  const [min = NaN] = sorted;
  const max = sorted.at(-1) ?? NaN;
  if (kind === 'counter') return { ...NONE, min, max };
  const avg = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { min, avg, max, p95: sorted[Math.ceil(sorted.length * PERCENTILE) - 1] ?? NaN };
}
