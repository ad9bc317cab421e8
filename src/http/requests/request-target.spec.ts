import { describe, expect, it } from 'vitest';
import { REFUSED_TARGET, parseRequestTarget } from './request-target.js';

describe('a request target', () => {
  it.each([
    ['/', '/'],
    ['/stats?view=full&name=a?b', '/stats?view=full&name=a?b'],
    ['//stats', '//stats'],
    ['//a@x:y/stats?api_key=k', '//a@x:y/stats?api_key=k'],
    ['/stats#x', '/stats'],
    ['/stats?name=a#?name=b#', '/stats?name=a'],
    ['/#', '/'],
  ])('that is a path stays unchanged, without its fragment: %s → %s', (target, expected) => {
    expect(parseRequestTarget('GET', target)).toBe(expected);
  });

  it.each([
    ['http://x/stats?view=full', '/stats?view=full'],
    ['https://x:443/stats', '/stats'],
    ['HtTp://x/STATS', '/STATS'],
    ['http://x', '/'],
    ['http://x?view=full', '/?view=full'],
    ['http://x#/stats', '/'],
    ['http://x/stats?view=full#/x', '/stats?view=full'],
    ['http://x//stats', '//stats'],
    ['http://x:y/stats?api_key=k', '/stats?api_key=k'],
    ['http://[/stats', '/stats'],
    ['http://user:password@[::1]:80/stats', '/stats'],
    ['http://x/http://y/stats', '/http://y/stats'],
  ])('that is an http URL becomes its path and query, for any host: %s → %s', (target, expected) => {
    expect(parseRequestTarget('GET', target)).toBe(expected);
  });

  it.each(['http://', 'http:///stats', 'http://?a', 'http://#', 'http:/x', 'http:', 'x://y', 'ws://x/stats'])(
    'that is any other URL is refused: %s',
    (target) => {
      expect(parseRequestTarget('GET', target)).toBe(REFUSED_TARGET);
    },
  );

  it.each(['', 'stats', 'x:80', '?a', '#', '*x', '\\\\x', ' /stats', 'x http://x/stats'])(
    'that is neither a path nor a URL is refused: %j',
    (target) => {
      expect(parseRequestTarget('GET', target)).toBe(REFUSED_TARGET);
    },
  );

  it('of * is accepted for OPTIONS only', () => {
    expect(parseRequestTarget('OPTIONS', '*')).toBe('*');
    expect(parseRequestTarget('GET', '*')).toBe(REFUSED_TARGET);
  });
});
