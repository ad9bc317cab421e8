import { describe, expect, it } from 'vitest';
import { EMPTY_SERIES, type FigureSeries, type Values } from './figure-series.js';
import { resolveWindow, summarize } from './time-window.js';

function createSeries(times: readonly number[], cpuUsage: Values): FigureSeries {
  return { times, figures: { ...EMPTY_SERIES.figures, cpuUsage } };
}

describe('resolveWindow', () => {
  const series = createSeries([0, 100_000, 200_000], [1, 1, null]);

  it('ends the last minutes at the newest sample', () => {
    expect(resolveWindow({ lastMs: 60_000 }, series, false)).toEqual({ from: 140_000, to: 200_000 });
  });

  it('ends the last minutes of an ended container at its last sample', () => {
    expect(resolveWindow({ lastMs: 60_000 }, series, true)).toEqual({ from: 40_000, to: 100_000 });
  });

  it('shows everything from the first sample on', () => {
    expect(resolveWindow('all', series, false)).toEqual({ from: 0, to: 200_000 });
  });

  it('shows at least a minute', () => {
    expect(resolveWindow('all', createSeries([90_000], [1]), false)).toEqual({ from: 30_000, to: 90_000 });
  });

  it('keeps a selected range when samples arrive', () => {
    expect(resolveWindow({ from: 5, to: 9 }, series, false)).toEqual({ from: 5, to: 9 });
  });
});

describe('summarize', () => {
  it('has the extremes and the average of the values in the window', () => {
    const summary = summarize([0, 1, 2, 3, 4], [100, 2, null, 4, 200], { from: 1, to: 3 });
    expect(summary).toEqual({ min: 2, average: 3, max: 4 });
  });

  it('is undefined if the window has no values', () => {
    expect(summarize([0, 1], [null, 5], { from: 0, to: 0.5 })).toBeUndefined();
  });
});
