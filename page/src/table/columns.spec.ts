import { describe, expect, it } from 'vitest';
import { chooseLayout } from './columns.js';

function getFields(width: number): string[] {
  return chooseLayout(width).columns.map(({ field }) => field);
}

describe('chooseLayout', () => {
  it('shows on a phone the name, CPU and memory, in rows of two lines', () => {
    expect(getFields(336)).toEqual(['name', 'cpuUsage', 'memoryUsage']);
    expect(chooseLayout(336).hasTwoLines).toBe(true);
  });

  it('shows all columns on a desktop', () => {
    expect(getFields(1392)).toHaveLength(11);
    expect(chooseLayout(1392).hasTwoLines).toBe(false);
  });

  it('never shows fewer columns if the table is wider', () => {
    for (let width = 320; width < 1600; width += 20) {
      expect(getFields(width + 20)).toEqual(expect.arrayContaining(getFields(width)));
    }
  });
});
