import type { FieldSource } from './history-fields.js';
import { computeRate, computeRates } from './rates.js';

/** Equal steps over the window of a request. */
export interface Steps {
  readonly count: number;
  /** For each sample, the step that it is in. */
  readonly indexes: Uint32Array;
}

/** A field per step. `value` is the average, or the last value of a total, or the rate over the step. */
export interface StepColumns {
  readonly value: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** The samples of a window. */
interface Samples {
  readonly times: readonly number[];
  readonly segments: Uint32Array;
}

/** Divides a window into equal steps. */
export function createSteps(count: number, since: number, until: number, times: readonly number[]): Steps {
  const stepMs = getStepMs(count, since, until);
  return {
    count,
    indexes: Uint32Array.from(times, (at) => Math.min(Math.floor((at - since) / stepMs), count - 1)),
  };
}

/** Returns when each step of {@link createSteps} starts. */
export function listStepStarts(count: number, since: number, until: number): number[] {
  const stepMs = getStepMs(count, since, until);
  return Array.from({ length: count }, (_, n) => Math.round(since + n * stepMs));
}

function getStepMs(count: number, since: number, until: number): number {
  return Math.max(until - since, 1) / count;
}

/** Reduces the values of a field to one per step, and keeps the extremes. `NaN` for a step without a value. */
export function downsample(
  values: Float64Array,
  kind: FieldSource['kind'],
  samples: Samples,
  steps: Steps,
): StepColumns {
  if (kind !== 'rate') return reduce(values, kind, steps);
  const { min, max } = reduce(computeRates(values, samples.times, samples.segments), kind, steps);
  return { value: computeStepRates(values, samples, steps), min, max };
}

function reduce(values: Float64Array, kind: FieldSource['kind'], { count, indexes }: Steps): StepColumns {
  const [value, min, max] = [createColumn(count), createColumn(count), createColumn(count)];
  const counts = new Uint32Array(count);
  values.forEach((one, n) => {
    if (Number.isNaN(one)) return;
    const step = indexes[n] ?? 0;
    const before = counts[step] ?? 0;
    counts[step] = before + 1;
    min[step] = before === 0 ? one : Math.min(min[step] ?? one, one);
    max[step] = before === 0 ? one : Math.max(max[step] ?? one, one);
    const sum = before === 0 || kind === 'counter' ? 0 : (value[step] ?? 0);
    value[step] = sum + one;
  });
  if (kind === 'counter') return { value, min, max };
  return { value: value.map((sum, step) => sum / (counts[step] ?? 1)), min, max };
}

/**
 * Computes the rate from the last sample before each step to the last one in it: docker's rounding disturbs it less than the
 * rates between neighbours.
 */
function computeStepRates(
  totals: Float64Array,
  { times, segments }: Samples,
  { count, indexes }: Steps,
): Float64Array {
  const rates = createColumn(count);
  let start = 0;
  totals.forEach((total, n) => {
    // A missing value, a gap or a restart since `start`: the rate cannot include what was before.
    const isBroken = segments[n] !== segments[n - 1] || !(total >= (totals[n - 1] ?? NaN));
    if (n > 0 && isBroken) start = n;
    const step = indexes[n] ?? 0;
    if (indexes[n + 1] === step) return;
    rates[step] = computeRate(totals[start] ?? NaN, total, (times[n] ?? 0) - (times[start] ?? 0));
    start = n;
  });
  return rates;
}

function createColumn(count: number): Float64Array {
  return new Float64Array(count).fill(NaN);
}
