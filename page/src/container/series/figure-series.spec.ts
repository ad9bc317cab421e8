import type { History } from 'docker-stats-client';
import { describe, expect, it } from 'vitest';
import { createContainer } from '../../live/stats.fixture.js';
import {
  appendSample,
  EMPTY_SERIES,
  type FigureSeries,
  findLastSeen,
  mergeHistory,
} from './figure-series.js';

/** The series of samples at these seconds, of which the CPU is the second. */
function append(seconds: readonly number[], series = EMPTY_SERIES): FigureSeries {
  return seconds.reduce(
    (grown, second) => appendSample(grown, second * 1000, createContainer({ name: 'web', cpuUsage: second })),
    series,
  );
}

function createHistory(seconds: readonly number[], cpuUsage: (number | null)[]): History {
  return {
    sampledAt: seconds.map((second) => new Date(second * 1000).toISOString()),
    containers: [{ id: 'a'.repeat(64), name: 'web', cpuUsage }],
  };
}

function listPoints({ times, figures }: FigureSeries): [number, number | null | undefined][] {
  return times.map((time, n) => [time / 1000, figures.cpuUsage[n]]);
}

describe('appendSample', () => {
  it('adds each sample once, also if a reconnect repeats it', () => {
    expect(listPoints(append([2, 4, 4, 2, 6]))).toEqual([
      [2, 2],
      [4, 4],
      [6, 6],
    ]);
  });

  it('has no value for a sample without the container', () => {
    expect(listPoints(appendSample(append([2]), 4000, undefined))).toEqual([
      [2, 2],
      [4, null],
    ]);
  });

  it('rounds figures as the history does, so that they do not change where the history ends', () => {
    const container = createContainer({ name: 'web', networkSent: 12_397.766_113_281_25 });
    const { networkSent } = appendSample(EMPTY_SERIES, 0, container).figures;
    expect(networkSent).toEqual([12_397.77]);
  });

  it('adds an empty sample to a gap, so that no line is drawn across it', () => {
    expect(listPoints(append([2, 4, 6, 30]))).toEqual([
      [2, 2],
      [4, 4],
      [6, 6],
      [8, null],
      [30, 30],
    ]);
  });

  it.each([
    ['a pause of 10 s', [2, 4, 6, 16]],
    ['less than three usual distances', [0, 60, 120, 240]],
    ['two samples: their usual distance is unknown', [0, 60]],
  ])('does not take %s for a gap', (_what, seconds) => {
    expect(append(seconds).times).toHaveLength(seconds.length);
  });

  it('drops the oldest samples beyond 10,000', () => {
    const seconds = Array.from({ length: 10_000 }, (_, n) => n * 2);
    const history = createHistory(seconds, seconds);
    const { times, figures } = append([20_000], mergeHistory(EMPTY_SERIES, history));
    expect([times.length, figures.cpuUsage.length]).toEqual([10_000, 10_000]);
    expect([times[0], times.at(-1)]).toEqual([2000, 20_000_000]);
  });
});

describe('mergeHistory', () => {
  it('fills a hole, and doubles no sample', () => {
    const series = append([2, 4, 30, 32]);
    const history = createHistory([4, 6, 8, 30], [4, 6, 8, 30]);
    expect(listPoints(mergeHistory(series, history))).toEqual([
      [2, 2],
      [4, 4],
      [6, 6],
      [8, 8],
      [30, 30],
      [32, 32],
    ]);
  });

  it('keeps samples that arrived while the history was requested', () => {
    const history = createHistory([0, 2], [0, null]);
    expect(listPoints(mergeHistory(append([4]), history))).toEqual([
      [0, 0],
      [2, null],
      [4, 4],
    ]);
  });

  it('keeps older samples than a restarted service has, and draws no line to them', () => {
    const history = createHistory([60, 62], [60, 62]);
    expect(listPoints(mergeHistory(append([2, 4, 6]), history))).toEqual([
      [2, 2],
      [4, 4],
      [6, 6],
      [8, null],
      [60, 60],
      [62, 62],
    ]);
  });

  it('keeps the series if the history is empty', () => {
    const series = append([2]);
    expect(mergeHistory(series, { sampledAt: [], containers: [] })).toBe(series);
  });

  it('has no values for a figure that the history does not have', () => {
    expect(mergeHistory(EMPTY_SERIES, createHistory([2], [2])).figures.pids).toEqual([null]);
  });
});

describe('findLastSeen', () => {
  it('is the time of the last sample with the container', () => {
    expect(findLastSeen(appendSample(append([2, 4]), 6000, undefined))).toBe(4000);
  });

  it('is undefined without samples', () => {
    expect(findLastSeen(EMPTY_SERIES)).toBeUndefined();
  });
});
