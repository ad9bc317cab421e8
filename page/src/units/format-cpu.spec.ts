import { describe, expect, it } from 'vitest';
import { formatCpu } from './format-cpu.js';

describe('formatCpu', () => {
  it.each([
    [0, '0.0\u00a0%'],
    [12.45, '12.4\u00a0%'],
    [117, '117.0\u00a0%'],
  ])('formats %d % of a core with one decimal', (cpuUsage, text) => {
    expect(formatCpu(cpuUsage, 'percent')).toBe(text);
  });

  it('formats cores with the same precision as %', () => {
    expect(formatCpu(0.1, 'cores')).toBe('0.001\u00a0cores');
    expect(formatCpu(117, 'cores')).toBe('1.170\u00a0cores');
    expect(formatCpu(999.9, 'cores')).toBe('9.999\u00a0cores');
    expect(formatCpu(1234.5, 'cores')).toBe('12.35\u00a0cores');
  });

  it('shows an unknown figure as a dash, not as 0', () => {
    expect(formatCpu(null, 'percent')).toBe('–');
    expect(formatCpu(null, 'cores')).toBe('–');
  });
});
