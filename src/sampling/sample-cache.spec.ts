import { describe, expect, it } from 'vitest';
import { createSample } from '../../test/support/history/history-samples.js';
import { SampleCache } from './sample-cache.js';

describe('SampleCache', () => {
  it('caches unshared values of a sample up to its limit', async () => {
    const cache = new SampleCache<{ readonly size: number }>(10_000);
    const sample = createSample(0, []);
    await cache.getOrMake(sample, 'first', false, () => Promise.resolve({ size: 5000 }));
    await cache.getOrMake(sample, 'second', false, () => Promise.resolve({ size: 5000 }));
    expect(await cache.get(sample, 'first')).toEqual({ size: 5000 });
    expect(cache.get(sample, 'second')).toBeUndefined();
  });
});
