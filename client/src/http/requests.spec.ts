import { describe, expect, it } from 'vitest';
import { formatCacheControl, formatContainerPath, formatQuery } from './requests.js';

function names(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${n}`);
}

describe('formatQuery', () => {
  it.each([
    [{}, ''],
    [{ view: 'full' }, '?view=full'],
    [{ name: 'web-*' }, '?name=web-*'],
    [{ view: 'full', name: ['b?', 'a&b', 'b?'] }, '?view=full&name=a%26b&name=b%3F'],
  ] as const)('formats %o as "%s"', (selection, query) => {
    expect(formatQuery(selection)).toBe(query);
  });

  it('rejects an empty list of names and more than 100 names', () => {
    expect(() => formatQuery({ name: [] })).toThrow(RangeError);
    expect(() => formatQuery({ name: names(101) })).toThrow(RangeError);
    expect(formatQuery({ name: names(100) })).toContain('name=99');
  });
});

describe('formatContainerPath', () => {
  it('escapes the name', () => {
    expect(formatContainerPath('a/../b?c#d')).toBe('/containers/a%2F..%2Fb%3Fc%23d/stats');
  });

  it.each(['', '.', '..', 'a\ud800'])('rejects %o, which would change the path', (name) => {
    expect(() => formatContainerPath(name)).toThrow(RangeError);
  });
});

describe('formatCacheControl', () => {
  it.each([
    [undefined, 'min-fresh=0'],
    [0, 'no-cache'],
    [0.9, 'no-cache'],
    [1, 'max-age=1'],
    [2.9, 'max-age=2'],
    [1e21, 'max-age=2147483648'],
  ])('formats a maxAge of %s as %s', (maxAge, expected) => {
    expect(formatCacheControl(maxAge === undefined ? {} : { maxAge })).toBe(expected);
  });

  it.each([-1, NaN, Infinity])('rejects a maxAge of %d', (maxAge) => {
    expect(() => formatCacheControl({ maxAge })).toThrow(RangeError);
  });
});
