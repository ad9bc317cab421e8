import { describe, expect, it } from 'vitest';
import { formatClock, formatDuration } from './format-time.js';

describe('formatClock', () => {
  it('has 24 hours, with seconds on request', () => {
    const time = new Date(2026, 0, 1, 14, 3, 22).getTime();
    expect([formatClock(time, false), formatClock(time, true)]).toEqual(['14:03', '14:03:22']);
  });

  it('starts the day at 00', () => {
    expect(formatClock(new Date(2026, 0, 1).getTime(), false)).toBe('00:00');
  });
});

describe('formatDuration', () => {
  it.each([
    [-5, '0\u00a0s'],
    [59_999, '59\u00a0s'],
    [60_000, '1\u00a0min'],
    [3 * 3_600_000, '3\u00a0h'],
    [50 * 3_600_000, '2\u00a0d'],
  ])('formats %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
