import { describe, expect, it } from 'vitest';
import { BYTES_PER_MB } from '../../sampling/container-fields.js';
import { roundFigure } from './round-figure.js';
import { computeRate, computeRates } from './rates.js';

/** What docker prints as this many million bytes, as the history stores it. */
function megabytes(millions: number): number {
  return Math.fround((millions * 1e6) / BYTES_PER_MB);
}

const MB_PER_S = 1e6 / BYTES_PER_MB;

describe('computeRate', () => {
  it('returns the difference per second, in MB', () => {
    expect(computeRate(1, 1.5, 2000)).toBeCloseTo(0.25, 10);
  });

  it('is 0 if a small total does not change', () => {
    expect(computeRate(0, 0, 2000)).toBe(0);
    expect(computeRate(megabytes(1), megabytes(1), 2000)).toBe(0);
  });

  it.each([
    ['the total fell: the container restarted', 2, 1, 2000],
    ['the value before is missing', NaN, 1, 2000],
    ['the value is missing', 1, NaN, 2000],
    ['no time passed', 1, 2, 0],
  ])('is NaN if %s', (_why, before, after, ms) => {
    expect(computeRate(before, after, ms)).toBeNaN();
  });

  it.each([
    ['0.1 MB steps over 2 s hide whether anything was sent', 10.2, 10.2, 2, NaN],
    ['0.1 MB steps over 20 s are precise enough for small rates', 10.2, 10.2, 20, 0],
    ['10 MB steps over 2 s cannot show 5 MB/s', 1000, 1010, 2, NaN],
    ['10 MB steps over 2 s can show 50 MB/s', 1000, 1100, 2, 50],
    ['10 MB steps over 19 minutes are precise enough for small rates', 1000, 1000, 1140, 0],
    ['1 MB steps over 2 s cannot show 4.5 MB/s', 110, 119, 2, NaN],
    ['1 MB steps over 2 s can show 5 MB/s', 110, 120, 2, 5],
  ])('takes into account that docker prints 3 digits: %s', (_why, before, after, seconds, millions) => {
    const rate = computeRate(megabytes(before), megabytes(after), seconds * 1000);
    expect(roundFigure(rate)).toBe(roundFigure(millions * MB_PER_S));
  });
});

describe('computeRates', () => {
  it('has no rate for the first sample, nor after a gap', () => {
    const totals = Float64Array.of(0, 1, 2, 3);
    expect([...computeRates(totals, [0, 1000, 90_000, 91_000], Uint32Array.of(0, 0, 1, 1))]).toEqual([
      NaN,
      1,
      NaN,
      1,
    ]);
  });
});
