import { describe, expect, it } from 'vitest';
import { formatMemory, formatTraffic } from './format-bytes.js';

describe('formatMemory', () => {
  it.each([
    [0, '0.0\u00a0MiB'],
    [0.3046875, '0.3\u00a0MiB'],
    [102.85, '102.8\u00a0MiB'],
    [999.94, '999.9\u00a0MiB'],
    [999.96, '1.0\u00a0GiB'],
    [15872, '15.5\u00a0GiB'],
    [3 * 1024 ** 2, '3.0\u00a0TiB'],
  ])('formats %d MB of the API as %s', (mb, text) => {
    expect(formatMemory(mb)).toBe(text);
  });

  it('shows an unknown figure as a dash, not as 0', () => {
    expect(formatMemory(null)).toBe('–');
  });
});

describe('formatTraffic', () => {
  it.each([
    [0, '0.0\u00a0KiB'],
    [0.5, '512.0\u00a0KiB'],
    [0.98, '1.0\u00a0MiB'],
    [5000 * 1024 ** 2, '5000.0\u00a0TiB'],
  ])('formats %d MB of the API as %s', (mb, text) => {
    expect(formatTraffic(mb)).toBe(text);
  });

  it('shows an unknown figure as a dash, not as 0', () => {
    expect(formatTraffic(null)).toBe('–');
  });
});
