import { describe, expect, it } from 'vitest';
import { TimeSlices } from '../../sampling/time-slices.js';
import type { Gap } from '../series/container-series.js';
import { findGaps } from './gaps.js';

function find(seconds: readonly number[]): Promise<Gap[]> {
  return findGaps(
    seconds.map((second) => second * 1000),
    new TimeSlices('own'),
  );
}

describe('findGaps', () => {
  it.each([
    ['no samples', []],
    ['one sample', [5]],
    ['two samples: their usual distance is unknown', [0, 3600]],
    ['a pause of 10 s', [0, 2, 4, 14, 16, 18]],
    ['a client that polls every minute, and misses a poll', [0, 60, 120, 240, 300, 360]],
  ])('finds no gap in %s', async (_what, times) => {
    expect(await find(times)).toEqual([]);
  });

  it('finds a pause longer than 10 s and than three usual distances', async () => {
    expect(await find([0, 2, 4, 15, 17])).toEqual([{ end: 3, usualMs: 2000 }]);
    expect(await find([0, 60, 120, 301, 361, 421])).toEqual([{ end: 3, usualMs: 60_000 }]);
  });

  it('judges each gap by the samples around it', async () => {
    const fast = Array.from({ length: 10 }, (_, n) => n * 2);
    const slow = Array.from({ length: 10 }, (_, n) => 3600 + n * 60);
    expect(await find([...fast, ...slow, 9000, 9060])).toEqual([
      { end: 10, usualMs: 2000 },
      { end: 20, usualMs: 60_000 },
    ]);
  });
});
