import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HitCounters } from './hit-counters.js';

let counters: HitCounters;
beforeEach(() => {
  counters = new HitCounters();
  vi.useFakeTimers();
});

describe('HitCounters', () => {
  it('counts hits until a minute after the first one', () => {
    expect(counters.hit('a')).toEqual({ count: 1, endsInSeconds: 60 });
    vi.advanceTimersByTime(30_500);
    expect(counters.hit('a')).toEqual({ count: 2, endsInSeconds: 30 });
    vi.advanceTimersByTime(29_499);
    expect(counters.hit('a')).toEqual({ count: 3, endsInSeconds: 1 });
    vi.advanceTimersByTime(1);
    expect(counters.hit('a')).toEqual({ count: 1, endsInSeconds: 60 });
  });

  it('counts each key separately', () => {
    counters.hit('a');
    expect(counters.hit('b').count).toBe(1);
    expect(counters.hit('a').count).toBe(2);
  });

  it('checks whether a limit is reached, without counting a hit', () => {
    expect(counters.hasReached('a', 1)).toBe(false);
    counters.hit('a');
    expect(counters.hasReached('a', 1)).toBe(true);
    expect(counters.hasReached('a', 2)).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(counters.hasReached('a', 1)).toBe(false);
  });

  it('keeps only the newest 10,000 counters', () => {
    for (let n = 0; n < 25_000; n++) counters.hit(`client-${n}`);
    expect(counters.size).toBe(10_000);
    expect(counters.hasReached('client-14999', 1)).toBe(false);
    expect(counters.hasReached('client-15000', 1)).toBe(true);
  });

  it('removes counters whose window has ended', () => {
    for (let n = 0; n < 100; n++) counters.hit(`client-${n}`);
    vi.advanceTimersByTime(60_000);
    counters.hit('another');
    expect(counters.size).toBe(1);
  });
});
