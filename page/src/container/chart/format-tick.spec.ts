import { describe, expect, it } from 'vitest';
import { formatBytesTick, formatCpuTick } from './format-tick.js';

describe('formatBytesTick', () => {
  it.each([
    [0, '0'],
    [2 ** -20, '1 B'],
    [0.25, '256 KiB'],
    [128, '128 MiB'],
    [1536, '1.5 GiB'],
  ])('formats %d MB of the API as %s', (mb, text) => {
    expect(formatBytesTick(mb)).toBe(text);
  });
});

describe('formatCpuTick', () => {
  it('has the unit that the user chose, without the error of binary fractions', () => {
    expect(formatCpuTick(0.1 + 0.2, 'percent')).toBe('0.3 %');
    expect(formatCpuTick(150, 'cores')).toBe('1.5');
  });
});
