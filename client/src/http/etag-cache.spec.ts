import { describe, expect, it } from 'vitest';
import { type CachedResponse, EtagCache } from './etag-cache.js';

/** A response that takes this many characters of the cache, with a path and an ETag of three characters each. */
function responseOfLength(length: number): CachedResponse {
  return { etag: '"a"', text: 'x'.repeat(length - 6), receivedAt: 0 };
}

describe('EtagCache', () => {
  it('removes the least recently used response when it is full', () => {
    const cache = new EtagCache(100);
    cache.set('one', responseOfLength(40));
    cache.set('two', responseOfLength(40));
    cache.get('one');
    cache.set('new', responseOfLength(40));
    expect(['one', 'two', 'new'].map((path) => cache.get(path) !== undefined)).toEqual([true, false, true]);
  });

  it('counts the length of a replaced response only once', () => {
    const cache = new EtagCache(100);
    cache.set('one', responseOfLength(40));
    for (let n = 0; n < 10; n++) cache.set('two', responseOfLength(60));
    expect(cache.get('one')).toEqual(responseOfLength(40));
  });

  it('does not keep a response that is longer than the cache', () => {
    const cache = new EtagCache(100);
    cache.set('one', responseOfLength(101));
    expect(cache.get('one')).toBeUndefined();
    cache.set('two', responseOfLength(100));
    expect(cache.get('two')).toEqual(responseOfLength(100));
  });
});
