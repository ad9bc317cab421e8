import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MonotonicClock } from './clock.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('MonotonicClock goes on with time, and calls what is due unless that was prevented', () => {
  const clock = new MonotonicClock();
  const [start, called] = [clock.now(), vi.fn<(which: string) => void>()];
  clock.after(1000, () => called('kept'));
  clock.after(1000, () => called('prevented'))();
  vi.advanceTimersByTime(999);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(called.mock.calls).toEqual([['kept']]);
  expect(clock.now() - start).toBe(1000);
});
