import { describe, expect, it } from 'vitest';
import { cacheControlOf, containerPath, queryOf } from './requests.js';

function names(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${n}`);
}

describe('queryOf', () => {
  it.each([
    [{}, ''],
    [{ view: 'full' }, '?view=full'],
    [{ name: 'web-*' }, '?name=web-*'],
    [{ view: 'full', name: ['b?', 'a&b', 'b?'] }, '?view=full&name=a%26b&name=b%3F'],
  ] as const)('%o is %s', (selection, query) => {
    expect(queryOf(selection)).toBe(query);
  });

  it('refuses no names, which would give all containers, and too many', () => {
    expect(() => queryOf({ name: [] })).toThrow(RangeError);
    expect(() => queryOf({ name: names(101) })).toThrow(RangeError);
    expect(queryOf({ name: names(100) })).toContain('name=99');
  });
});

describe('containerPath', () => {
  it('keeps a name in its place', () => {
    expect(containerPath('a/../b?c#d')).toBe('/containers/a%2F..%2Fb%3Fc%23d/stats');
  });

  it.each(['', '.', '..', 'a\ud800'])('refuses %o, which would be another path, or none', (name) => {
    expect(() => containerPath(name)).toThrow(RangeError);
  });
});

describe('cacheControlOf', () => {
  it.each([
    [undefined, 'min-fresh=0'],
    [0, 'no-cache'],
    [0.9, 'no-cache'],
    [1, 'max-age=1'],
    [2.9, 'max-age=2'],
    [1e21, 'max-age=2147483648'],
  ])('a maxAge of %s is %s', (maxAge, expected) => {
    expect(cacheControlOf(maxAge === undefined ? {} : { maxAge })).toBe(expected);
  });

  it.each([-1, NaN, Infinity])('refuses %d', (maxAge) => {
    expect(() => cacheControlOf({ maxAge })).toThrow(RangeError);
  });
});
