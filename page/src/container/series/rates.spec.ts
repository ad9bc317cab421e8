import { describe, expect, it } from 'vitest';
import { computeRates } from './rates.js';

/** Times of samples every 2 s. */
function createTimes(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n * 2000);
}

describe('computeRates', () => {
  it('is the growth per second since the sample before, if docker prints the total precisely', () => {
    expect(computeRates(createTimes(3), [0, 0.5, 0.5])).toEqual([null, 0.25, 0]);
  });

  it('goes back until rounding does not matter, if docker prints only tens of MB', () => {
    const totals = [1000, 1000, 1000, 1000, 1000, 1010, 1010, 1010, 1010, 1010, 1020].map(
      (mb) => mb / 1.048576,
    );
    expect(computeRates(createTimes(11), totals).slice(0, -1)).toEqual(Array(10).fill(null));

    const longer = Array.from({ length: 30 }, (_, n) => (1000 + Math.floor(n / 2) * 10) / 1.048576);
    const last = computeRates(createTimes(30), longer).at(-1);
    expect(last).toBeCloseTo(2.5 / 1.048576, 0);
  });

  it('does not go back further than a minute', () => {
    const totals = Array<number>(400).fill(1e6);
    expect(new Set(computeRates(createTimes(400), totals))).toEqual(new Set([null]));
  });

  it('does not go back across a gap', () => {
    expect(computeRates([0, 2000, 4000, 60_000, 62_000], [1, 1, null, 5, 6])).toEqual([
      null,
      0,
      null,
      null,
      0.5,
    ]);
  });

  it('does not go back across a restart of the container, when totals start again', () => {
    expect(computeRates(createTimes(4), [5, 0, 0.5, 6])).toEqual([null, null, 0.25, 2.75]);
  });
});
