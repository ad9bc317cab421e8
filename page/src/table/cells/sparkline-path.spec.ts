import { describe, expect, it } from 'vitest';
import { chooseLineEnd, createSparklinePath } from './sparkline-path.js';

const box = { width: 100, height: 23, since: 1000, until: 2000, minTop: 10 };

describe('createSparklinePath', () => {
  it('draws a line from 0 at the bottom to the highest value at the top', () => {
    const line = createSparklinePath([1000, 1500, 2000], [0, 10, 20], box);
    expect(line).toBe('M0 21.5h0L50 11.5L100 1.5');
  });

  it('draws small values small', () => {
    expect(createSparklinePath([1000, 2000], [1, 1], box)).toBe('M0 19.5h0L100 19.5');
  });

  it('draws no line across a gap', () => {
    const line = createSparklinePath([1000, 1200, 1400, 1800], [10, null, 10, 10], box);
    expect(line).toBe('M0 1.5h0M40 1.5h0L80 1.5');
  });

  it('leaves out values before its window', () => {
    const line = createSparklinePath([500, 900, 1000, 2000], [99, 99, 10, 10], box);
    expect(line).toBe('M0 1.5h0L100 1.5');
  });

  it('draws of the values in the time of a pixel only the highest', () => {
    expect(createSparklinePath([1000, 1011, 1015, 1019, 2000], [10, 4, 10, 5, 10], box)).toBe(
      'M0 1.5h0L1.5 1.5L100 1.5',
    );
  });

  it('is empty without a value', () => {
    expect(createSparklinePath([1000, 2000], [null, null], box)).toBe('');
    expect(createSparklinePath([], [], box)).toBe('');
  });
});

describe('chooseLineEnd', () => {
  const PIXEL_MS = 5000;

  it('is the same until the line moves by a whole pixel, and never before the sample', () => {
    const ends = [10_001, 12_000, 15_000, 15_001].map((at) => chooseLineEnd(at, 0, PIXEL_MS));
    expect(ends).toEqual([15_000, 15_000, 15_000, 20_000]);
  });

  it('moves at other times for the next rows', () => {
    const moves = Array.from({ length: 16 }, (_, row) => {
      const [before, after] = [10_100, 11_100].map((at) => chooseLineEnd(at, row, PIXEL_MS));
      return before !== after;
    });
    expect(moves.filter(Boolean)).toHaveLength(2);
  });
});
