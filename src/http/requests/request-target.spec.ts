import { describe, expect, it } from 'vitest';
import { REFUSED_TARGET, requestTarget } from './request-target.js';

describe('the target of a request', () => {
  it.each([
    ['/', '/'],
    ['/stats?view=full&name=a?b', '/stats?view=full&name=a?b'],
    ['//stats', '//stats'],
    ['//a@x:y/stats?api_key=k', '//a@x:y/stats?api_key=k'],
    ['/stats#x', '/stats'],
    ['/stats?name=a#?name=b#', '/stats?name=a'],
    ['/#', '/'],
  ])('stays as it is when it is a path, without its fragment: %s → %s', (target, expected) => {
    expect(requestTarget('GET', target)).toBe(expected);
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
  ])('is the path and the query of an http URL, whatever its host: %s → %s', (target, expected) => {
    expect(requestTarget('GET', target)).toBe(expected);
  });

  it.each(['http://', 'http:///stats', 'http://?a', 'http://#', 'http:/x', 'http:', 'x://y', 'ws://x/stats'])(
    'is refused when it is another URL: %s',
    (target) => {
      expect(requestTarget('GET', target)).toBe(REFUSED_TARGET);
    },
  );

  it.each(['', 'stats', 'x:80', '?a', '#', '*x', '\\\\x', ' /stats', 'x http://x/stats'])(
    'is refused when it is neither a path nor a URL: %j',
    (target) => {
      expect(requestTarget('GET', target)).toBe(REFUSED_TARGET);
    },
  );

  it('is * for OPTIONS alone', () => {
    expect(requestTarget('OPTIONS', '*')).toBe('*');
    expect(requestTarget('GET', '*')).toBe(REFUSED_TARGET);
  });
});
