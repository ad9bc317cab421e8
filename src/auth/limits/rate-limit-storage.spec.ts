import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RateLimitStorage } from './rate-limit-storage.js';

let storage: RateLimitStorage;
beforeEach(() => {
  storage = new RateLimitStorage();
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

describe('RateLimitStorage', () => {
  it('blocks who goes over the limit, until the minute from the first hit is over', async () => {
    expect(await storage.increment('a', 60_000, 2)).toEqual({
      totalHits: 1,
      timeToExpire: 60,
      isBlocked: false,
      timeToBlockExpire: 0,
    });
    vi.advanceTimersByTime(30_500);
    expect(storage.hit('a', 60_000, 2).isBlocked).toBe(false);
    expect(storage.hit('a', 60_000, 2)).toEqual({
      totalHits: 3,
      timeToExpire: 30,
      isBlocked: true,
      timeToBlockExpire: 30,
    });
    vi.advanceTimersByTime(29_499);
    expect(storage.hit('a', 60_000, 2)).toMatchObject({ isBlocked: true, timeToBlockExpire: 1 });
    vi.advanceTimersByTime(1);
    expect(storage.hit('a', 60_000, 2)).toMatchObject({ totalHits: 1, isBlocked: false });
  });

  it('counts each apart', () => {
    storage.hit('a', 60_000, 1);
    expect(storage.hit('b', 60_000, 1).isBlocked).toBe(false);
    expect(storage.hit('a', 60_000, 1).isBlocked).toBe(true);
  });

  it('tells whether a limit is reached, without a hit', () => {
    expect(storage.hasReached('a', 1)).toBe(false);
    storage.hit('a', 60_000, 1);
    expect(storage.hasReached('a', 1)).toBe(true);
    expect(storage.hasReached('a', 2)).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(storage.hasReached('a', 1)).toBe(false);
  });

  it('keeps 10,000 counters at most, and the newest of them', () => {
    for (let n = 0; n < 25_000; n++) storage.hit(`client-${n}`, 60_000, 5);
    expect(storage.size).toBe(10_000);
    expect(storage.hasReached('client-14999', 1)).toBe(false);
    expect(storage.hasReached('client-15000', 1)).toBe(true);
  });

  it('forgets those whose time is over', () => {
    for (let n = 0; n < 100; n++) storage.hit(`client-${n}`, 60_000, 5);
    vi.advanceTimersByTime(60_000);
    storage.hit('another', 60_000, 5);
    expect(storage.size).toBe(1);
  });
});
