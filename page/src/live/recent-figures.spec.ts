import type { ContainerStats, FullStats, History } from 'docker-stats-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { RECENT_MS, RecentFigures } from './recent-figures.js';

const START = Date.parse('2026-11-28T12:00:00Z');

let figures: RecentFigures;
beforeEach(() => (figures = new RecentFigures()));

/** A sample so many seconds after the start, with the CPU of each container. Its memory is ten times that. */
function sample(second: number, cpuById: Record<string, number | null>): FullStats {
  const containers = Object.entries(cpuById).map(([id, cpuUsage]) => ({
    id,
    cpuUsage,
    memoryUsage: cpuUsage === null ? null : cpuUsage * 10,
  }));
  return {
    sampledAt: toTime(second),
    ageMs: 0,
    durationMs: 0,
    containers: containers as unknown as ContainerStats[],
    skipped: [],
  };
}

function toTime(second: number): string {
  return new Date(START + second * 1000).toISOString();
}

function history(seconds: readonly number[], cpuById: Record<string, (number | null)[]>): History {
  const containers = Object.entries(cpuById).map(([id, cpuUsage]) => ({
    id,
    name: id,
    cpuUsage,
    memoryUsage: cpuUsage.map((value) => (value === null ? null : value * 10)),
  }));
  return { sampledAt: seconds.map(toTime), containers };
}

/** The kept CPU of a container, with the seconds. */
function read(id: string): (readonly [number, number | null])[] | undefined {
  const series = figures.get(id);
  return series?.times.map((time, index) => [(time - START) / 1000, series.cpuUsage[index] ?? null] as const);
}

describe('RecentFigures', () => {
  it('keeps a value for each sample, null where the container is missing', () => {
    figures.add(sample(0, { a: 1 }));
    figures.add(sample(2, { a: 2, b: 5 }));
    figures.add(sample(4, { b: 6 }));
    expect(read('a')).toEqual([
      [0, 1],
      [2, 2],
      [4, null],
    ]);
    expect(read('b')).toEqual([
      [0, null],
      [2, 5],
      [4, 6],
    ]);
    expect(figures.get('b')?.memoryUsage).toEqual([null, 50, 60]);
    expect(read('c')).toBeUndefined();
  });

  it('ignores a sample that it has', () => {
    figures.add(sample(0, { a: 1 }));
    figures.add(sample(0, { a: 1 }));
    expect(read('a')).toEqual([[0, 1]]);
  });

  it('shows a long pause as a gap', () => {
    for (const second of [0, 2, 4]) figures.add(sample(second, { a: 1 }));
    figures.add(sample(30, { a: 2 }));
    expect(read('a')?.slice(2)).toEqual([
      [4, 1],
      [6, null],
      [30, 2],
    ]);
    expect(figures.usualIntervalMs).toBe(2000);
  });

  it('does not show the usual distance of rare samples as a gap', () => {
    for (const second of [0, 15, 30]) figures.add(sample(second, { a: 1 }));
    expect(read('a')).toHaveLength(3);
  });

  it('adds the history before its samples, without doubles', () => {
    figures.add(sample(4, { a: 3 }));
    figures.addHistory(history([0, 2, 4], { a: [1, 2, 3], ended: [9, null, null] }));
    expect(read('a')).toEqual([
      [0, 1],
      [2, 2],
      [4, 3],
    ]);
    expect(read('ended')).toEqual([
      [0, 9],
      [2, null],
      [4, null],
    ]);
  });

  it('fills a gap with what the history has', () => {
    for (const second of [0, 2, 4]) figures.add(sample(second, { a: 1 }));
    figures.add(sample(20, { a: 2 }));
    figures.addHistory(history([0, 2, 4, 12, 20], { a: [1, 1, 1, 7, 2] }));
    expect(read('a')?.slice(2)).toEqual([
      [4, 1],
      [12, 7],
      [20, 2],
    ]);
  });

  it('keeps the gap of the history', () => {
    figures.add(sample(40, { a: 2 }));
    figures.addHistory(history([0, 2, 4, 38, 40], { a: [1, 1, null, null, 2] }));
    expect(read('a')?.slice(1)).toEqual([
      [2, 1],
      [4, null],
      [38, null],
      [40, 2],
    ]);
  });

  it('drops old values, and containers that have no others', () => {
    figures.add(sample(0, { old: 1 }));
    figures.add(sample(2, { a: 1 }));
    figures.add(sample(2 + RECENT_MS / 1000, { a: 2 }));
    expect(read('old')).toBeUndefined();
    expect(read('a')?.[0]).toEqual([2, 1]);
  });
});
