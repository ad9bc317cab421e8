import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundFigure } from './round-figure.js';

describe('roundFigure', () => {
  it.each([0, 0.01, 12.45, 102.85, 117.3, 0.3203125, 24104.96, 1.234e-7, 9_999_999])(
    'restores %s',
    (value) => {
      expect(roundFigure(Math.fround(value))).toBe(value);
    },
  );

  it('restores every number with at most 4 digits and any power of 10', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: -6, max: 9 }), (digits, power) => {
        const value = Number(`${digits}e${power}`);
        expect(roundFigure(Math.fround(value))).toBe(value);
      }),
    );
  });
});
