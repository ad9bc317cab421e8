import type { FullStats } from 'docker-stats-client';
import { describe, expect, it } from 'vitest';
import { getAgeMs, isOverdue } from './freshness.js';

const STATS: FullStats = {
  sampledAt: '2026-11-28T12:00:00Z',
  ageMs: 500,
  durationMs: 0,
  containers: [],
  skipped: [],
};

describe('getAgeMs', () => {
  it('adds the time since the arrival to the age at the arrival', () => {
    expect(getAgeMs({ stats: STATS, receivedAtMs: 1000 }, 4000)).toBe(3500);
  });

  it('is not less than the age at the arrival after the clock was set back', () => {
    expect(getAgeMs({ stats: STATS, receivedAtMs: 5000 }, 4000)).toBe(500);
  });
});

describe('isOverdue', () => {
  it.each([
    [10_000, 2000, false],
    [10_001, 2000, true],
    [45_000, 15_000, false],
    [45_001, 15_000, true],
  ])('of a sample of %i ms, with one each %i ms: %s', (ageMs, usualIntervalMs, expected) => {
    expect(isOverdue(ageMs, usualIntervalMs)).toBe(expected);
  });
});
