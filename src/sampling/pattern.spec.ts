import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from './pattern.js';

describe('matchesPattern', () => {
  it.each([
    ['web-1', 'web-1'],
    ['web-*', 'web-'],
    ['web-*', 'web-10'],
    ['*-1', 'web-1'],
    ['w*b*1', 'web-web-1'],
    ['*', ''],
    ['web-?', 'web-1'],
    ['**', 'web'],
    ['*?', 'w'],
    ['a.c', 'a.c'],
    ['?', '🚀'],
    ['*?-?', 'web-🚀'],
  ])('%s matches %s', (pattern, name) => expect(matchesPattern(pattern, name)).toBe(true));

  it.each([
    ['web', 'web-1'],
    ['eb-1', 'web-1'],
    ['web-?', 'web-'],
    ['web-?', 'web-10'],
    ['WEB', 'web'],
    ['a.c', 'abc'],
    ['[ab]', 'a'],
    ['*?', ''],
    ['??', '🚀'],
    ['', 'web'],
  ])('%s does not match %s', (pattern, name) => expect(matchesPattern(pattern, name)).toBe(false));

  it('agrees with an equivalent regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '🚀'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '🚀', '*', '?'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (wild, name) => {
        const source = wild
          .replaceAll('.', String.raw`\.`)
          .replaceAll('*', '.*')
          .replaceAll('?', '.');
        expect(matchesPattern(wild, name)).toBe(new RegExp(`^${source}$`, 'u').test(name));
      }),
      { numRuns: 2000 },
    );
  });

  it('is fast for a pattern that takes a backtracking matcher exponential time', () => {
    const start = performance.now();
    expect(matchesPattern(`${'*a'.repeat(120)}b`, 'a'.repeat(255))).toBe(false);
    expect(performance.now() - start).toBeLessThan(100);
  });
});
