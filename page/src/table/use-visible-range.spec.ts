import { describe, expect, it } from 'vitest';
import { chooseRange } from './use-visible-range.js';

describe('chooseRange', () => {
  it('draws the rows of the window and at least four beyond each edge', () => {
    for (let top = 0; top < 5000; top += 37) {
      const { first, end } = chooseRange(top, 900, 32);
      expect(first).toBeLessThanOrEqual(Math.max(top / 32 - 4, 0));
      expect(end).toBeGreaterThanOrEqual((top + 900) / 32 + 4);
      expect(end - first).toBeLessThan(900 / 32 + 4 * 4);
    }
  });

  it('does not change while one scrolls by less than four rows', () => {
    expect(chooseRange(10, 900, 32)).toEqual(chooseRange(100, 900, 32));
  });

  it('starts at the first row while the table is below the top of the window', () => {
    expect(chooseRange(-150, 900, 32).first).toBe(0);
  });
});
