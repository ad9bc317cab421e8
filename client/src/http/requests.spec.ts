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
    [{ project: ['shop', 'ci'], health: 'unhealthy' }, '?project=ci&project=shop&health=unhealthy'],
    [{ image: 'nginx:*', service: 'web' }, '?service=web&image=nginx%3A*'],
    [{ sort: '-cpuUsage', limit: 5 }, '?sort=-cpuUsage&limit=5'],
  ] as const)('formats %o as "%s"', (selection, query) => {
    expect(formatQuery(selection)).toBe(query);
  });

  it('rejects an empty list of patterns and more than 100 patterns', () => {
    expect(() => formatQuery({ name: [] })).toThrow(RangeError);
    expect(() => formatQuery({ name: names(101) })).toThrow(RangeError);
    expect(formatQuery({ name: names(100) })).toContain('name=99');
    expect(() => formatQuery({ project: [] })).toThrow(
      'project must be one pattern or a list of 1 to 100 patterns',
    );
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

  it.each([
    [{ maxStale: 60 }, 'max-stale=60'],
    [{ maxStale: 0 }, 'max-stale=0'],
    [{ maxStale: 2.9 }, 'max-stale=2'],
    [{ maxStale: 1e21 }, 'max-stale=2147483648'],
    [{ maxStale: Infinity }, 'max-stale'],
    [{ onlyIfCached: true }, 'only-if-cached'],
    [{ onlyIfCached: false }, 'min-fresh=0'],
    [{ maxAge: 1, maxStale: 60, onlyIfCached: true }, 'max-age=1, max-stale=60, only-if-cached'],
    [{ maxAge: 1, maxStale: undefined, onlyIfCached: undefined }, 'max-age=1'],
  ])('formats %o as %s', (options, expected) => {
    expect(formatCacheControl(options)).toBe(expected);
  });

  it('does not send no-cache with maxStale, because no-cache forbids stale samples', () => {
    expect(formatCacheControl({ maxAge: 0, maxStale: 60 })).toBe('max-age=0, max-stale=60');
    expect(formatCacheControl({ maxAge: 0.9, maxStale: Infinity })).toBe('max-age=0, max-stale');
    expect(formatCacheControl({ maxAge: 0, onlyIfCached: true })).toBe('no-cache, only-if-cached');
  });

  it.each([-1, NaN, Infinity])('rejects a maxAge of %d', (maxAge) => {
    expect(() => formatCacheControl({ maxAge })).toThrow(RangeError);
  });

  it.each([-1, NaN, -Infinity, '60' as unknown as number])('rejects a maxStale of %o', (maxStale) => {
    expect(() => formatCacheControl({ maxStale })).toThrow('maxStale must be a number of seconds, 0 or more');
  });
});
