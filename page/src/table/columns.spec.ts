import { describe, expect, it } from 'vitest';
import { chooseLayout } from './columns.js';

function getFields(width: number, hasHosts = false): string[] {
  return chooseLayout(width, hasHosts).columns.map(({ field }) => field);
}

describe('chooseLayout', () => {
  it('shows on a phone the name, CPU and memory, in rows of two lines', () => {
    expect(getFields(336)).toEqual(['name', 'cpuUsage', 'memoryUsage']);
    expect(chooseLayout(336, false).hasTwoLines).toBe(true);
  });

  it('shows all columns on a desktop', () => {
    expect(getFields(1392)).toHaveLength(11);
    expect(chooseLayout(1392, false).hasTwoLines).toBe(false);
  });

  it('never shows fewer columns if the table is wider', () => {
    for (let width = 320; width < 1600; width += 20) {
      expect(getFields(width + 20)).toEqual(expect.arrayContaining(getFields(width)));
    }
  });

  it('gives the column of hosts its width: it is in every table with rows of one line', () => {
    expect(getFields(1520, true)).toHaveLength(12);
    expect(getFields(768, true)).toEqual(['name', 'host', 'cpuUsage', 'memoryUsage', 'health']);
    expect(chooseLayout(767, true)).toMatchObject({ hasTwoLines: true });
    expect(getFields(767, true)).toEqual(getFields(639));
  });
});
