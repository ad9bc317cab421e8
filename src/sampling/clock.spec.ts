import { beforeEach, expect, it, vi } from 'vitest';
import { MonotonicClock } from './clock.js';

beforeEach(() => {
  vi.useFakeTimers();
});

it('MonotonicClock advances, and calls an action after its delay unless it was cancelled', () => {
  const clock = new MonotonicClock();
  const [start, called] = [clock.now(), vi.fn<(which: string) => void>()];
  clock.after(1000, () => called('kept'));
  clock.after(1000, () => called('cancelled'))();
  vi.advanceTimersByTime(999);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(called.mock.calls).toEqual([['kept']]);
  expect(clock.now() - start).toBe(1000);
});
