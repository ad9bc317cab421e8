import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSteps, downsample, listStepStarts, type StepColumns } from './downsample.js';
import type { FieldSource } from './history-fields.js';

interface Case {
  readonly kind?: FieldSource['kind'];
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly segments?: readonly number[];
}

/** Two steps: from 0 s to 10 s, and from 10 s to 20 s. */
function reduce({
  kind = 'gauge',
  times,
  values,
  segments = times.map(() => 0),
}: Case): Record<string, number[]> {
  const ms = times.map((second) => second * 1000);
  const steps = createSteps(2, 0, 20_000, ms);
  const samples = { times: ms, segments: Uint32Array.from(segments) };
  return toLists(downsample(Float64Array.from(values), kind, samples, steps));
}

function toLists({ value, min, max }: StepColumns): Record<string, number[]> {
  return { value: [...value], min: [...min], max: [...max] };
}

describe('createSteps', () => {
  it('divides the window into equal steps; the end belongs to the last one', () => {
    expect(listStepStarts(4, 1000, 5000)).toEqual([1000, 2000, 3000, 4000]);
    const steps = createSteps(4, 1000, 5000, [1000, 1999, 2000, 4999, 5000]);
    expect([...steps.indexes]).toEqual([0, 0, 1, 3, 3]);
  });

  it('accepts a window without a length', () => {
    expect([...createSteps(2, 1000, 1000, [1000]).indexes]).toEqual([0]);
  });
});

describe('downsample', () => {
  it('returns average, minimum and maximum of each step', () => {
    expect(reduce({ times: [0, 2, 4, 10, 12], values: [1, 6, 2, 5, NaN] })).toEqual({
      value: [3, 5],
      min: [1, 5],
      max: [6, 5],
    });
  });

  it('has no value in a step without a sample', () => {
    expect(reduce({ times: [1], values: [7] })).toEqual({ value: [7, NaN], min: [7, NaN], max: [7, NaN] });
  });

  it('returns the last value of a total', () => {
    expect(reduce({ kind: 'counter', times: [0, 5, 10], values: [1, 3, 4] })).toEqual({
      value: [3, 4],
      min: [1, 4],
      max: [3, 4],
    });
  });

  it('computes a rate over each step, from the last sample before it', () => {
    expect(reduce({ kind: 'rate', times: [0, 4, 8, 12, 16], values: [0, 4, 4, 12, 14] })).toEqual({
      value: [0.5, 1.25],
      min: [0, 0.5],
      max: [1, 2],
    });
  });

  it('has no rate across a gap', () => {
    const { value } = reduce({ kind: 'rate', times: [0, 4, 12], values: [0, 4, 8], segments: [0, 0, 1] });
    expect(value).toEqual([1, NaN]);
  });

  it('computes a rate from the first sample after a restart', () => {
    const { value } = reduce({ kind: 'rate', times: [0, 4, 12, 16], values: [5, 9, 0, 4] });
    expect(value).toEqual([1, 1]);
  });

  it('keeps the extremes of any values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.integer({ min: 2, max: 50 }),
        (values, count) => {
          const times = values.map((_, n) => n * 2000);
          const steps = createSteps(count, 0, times.at(-1) ?? 0, times);
          const samples = { times, segments: new Uint32Array(times.length) };
          const { value, min, max } = downsample(Float64Array.from(values), 'gauge', samples, steps);
          expect(Math.min(...min.filter((one) => !Number.isNaN(one)))).toBe(Math.min(...values));
          expect(Math.max(...max.filter((one) => !Number.isNaN(one)))).toBe(Math.max(...values));
          expect(
            value.every((one, n) => Number.isNaN(one) || (one >= (min[n] ?? NaN) && one <= (max[n] ?? NaN))),
          ).toBe(true);
        },
      ),
    );
  });
});
