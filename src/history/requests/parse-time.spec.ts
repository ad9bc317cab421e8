import { describe, expect, it } from 'vitest';
import { parseTime } from './parse-time.js';

const NOW = Date.parse('2027-01-31T12:00:00Z');

describe('parseTime', () => {
  it.each([
    ['90', 90_000],
    ['1.5', 1500],
    ['0', 0],
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['2027-01-31T11:00:00Z', 3_600_000],
    ['2027-01-31T12:00:00.000+01:00', 3_600_000],
    ['2027-01-31T12:00 01:00', 3_600_000],
    ['2027-01-31T06:59:59.5-05:00', 500],
    ['2024-02-29T12:00:00Z', 92_188_800_000],
  ])('reads %s', (text, msAgo) => {
    expect(parseTime(text, NOW)).toBe(NOW - msAgo);
  });

  it('reads a duration that is longer than the time since 1970 as 1970', () => {
    expect(parseTime('999999999d', NOW)).toBe(0);
  });

  it.each([
    '',
    'yesterday',
    '5 m',
    '5M',
    '-5m',
    '1e3',
    '5w',
    '2027-01-31',
    '2027-01-31T12:00:00',
    '2027-13-01T12:00Z',
    '2026-02-30T00:00:00Z',
    '2027-02-29T00:00:00Z',
    '2026-04-31T00:00:00+02:00',
  ])('does not accept "%s"', (text) => {
    expect(parseTime(text, NOW)).toBeUndefined();
  });
});
