import { describe, expect, it } from 'vitest';
import { summarize } from './summarize.js';

describe('summarize', () => {
  it('returns minimum, average, maximum and 95th percentile, without missing values', () => {
    const values = Float64Array.of(NaN, ...Array.from({ length: 100 }, (_, n) => 100 - n), NaN);
    expect(summarize(values, 'gauge')).toEqual({ min: 1, avg: 50.5, max: 100, p95: 95 });
  });

  it('returns null without any value', () => {
    expect(summarize(Float64Array.of(NaN), 'rate')).toEqual({ min: null, avg: null, max: null, p95: null });
  });

  it('has no average and no percentile of a total', () => {
    expect(summarize(Float64Array.of(1, 2), 'counter')).toEqual({ min: 1, avg: null, max: 2, p95: null });
  });
});
