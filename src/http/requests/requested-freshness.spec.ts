import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequestedFreshness } from './requested-freshness.js';

function parseMaxAgeMs(field: string | undefined): number | undefined {
  return parseRequestedFreshness(field).maxAgeMs;
}

describe('the maximum age that a Cache-Control request header allows', () => {
  it.each([
    ['no-cache', 0],
    ['NO-CACHE', 0],
    ['max-age=3', 3000],
    ['Max-Age=3', 3000],
    ['max-age="3"', 3000],
    ['max-age=0', 0],
    ['max-age=007', 7000],
    ['no-transform, max-age=3', 3000],
    ['no-transform,max-age=3,', 3000],
    ['\t, ,max-age=3 \t, ,', 3000],
    ['x="a, max-age=1", max-age=3', 3000],
    ['x="a\\", max-age=1, ", max-age=3', 3000],
    ['max-age="\\3"', 3000],
    ['max-age=3, max-age=2, max-age=4', 2000],
    ['max-age=3, no-cache', 0],
    ['max-age=99999999999999999999', 2 ** 31 * 1000],
  ])('is read from %j', (field, ms) => expect(parseMaxAgeMs(field)).toBe(ms));

  it.each([
    undefined,
    '',
    ',',
    'no-store',
    'only-if-cached',
    'max-stale=5',
    'max-age',
    'max-age=',
    'max-age=-1',
    'max-age=1.5',
    'max-age=1e3',
    'max-age=five',
    'max-age = 3',
    'max-age=3 4',
    'max-age="3',
    'max-age="3"4',
    'xmax-age=3',
    'no-cache-please',
    'no cache',
    'ünïcode',
  ])('is undefined for %j', (field) => expect(parseMaxAgeMs(field)).toBeUndefined());

  it.each(['max-age=five, max-age=3', 'max age, max-age=3', '=, max-age=3', 'max-age="1, max-age=3'])(
    'is read from %j, which also has a malformed directive',
    (field) => expect(parseMaxAgeMs(field)).toBe(3000),
  );

  it('is never negative or NaN, and reading it never throws, for any text', () => {
    const piece = fc.constantFrom('max-age=', '"', '\\', ',', ' ', '=', 'no-cache', '7', 'a="', 'ü');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4000 }), (pieces) => {
        expect(parseMaxAgeMs(pieces.join('')) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it.each(['"', '\\', 'a="', 'a="\\', ' ', ',', ', ', 'a=', '"\\",', 'a,', ',a ', 'a b,'])(
    'is read within 20 ms from the longest possible header that repeats %j',
    (piece) => {
      const field = piece.repeat(16_384 / piece.length);
      const times = Array.from({ length: 3 }, () => {
        const before = performance.now();
        parseMaxAgeMs(field);
        return performance.now() - before;
      });
      expect(Math.min(...times)).toBeLessThan(20);
    },
  );
});

describe('max-stale in a Cache-Control request header', () => {
  it.each([
    ['max-stale=5', 5000],
    ['Max-Stale="5"', 5000],
    ['max-stale=0', 0],
    ['max-age=0, max-stale=5', 5000],
    ['max-stale=7, max-stale=5', 5000],
    ['max-stale, max-stale=5', 5000],
    ['max-stale', Infinity],
    ['max-stale=99999999999999999999', 2 ** 31 * 1000],
    ['max-stale=5, no-cache', 0],
    ['no-cache, max-stale', 0],
    ['max-stale=-1', 0],
    ['max-stale=five', 0],
    ['max-stale=', 0],
    ['max-age=5', 0],
    [undefined, 0],
  ])('%s allows %d ms', (field, ms) => expect(parseRequestedFreshness(field).maxStaleMs).toBe(ms));
});

describe('only-if-cached in a Cache-Control request header', () => {
  it.each([
    ['only-if-cached', true],
    ['max-stale=5,Only-If-Cached', true],
    ['only-if-cached=1', true],
    ['x="only-if-cached"', false],
    ['max-age=5', false],
    [undefined, false],
  ])('is read from %s: %s', (field, expected) => {
    expect(parseRequestedFreshness(field).onlyIfCached).toBe(expected);
  });
});
