import { beforeEach, describe, expect, it, vi } from 'vitest';
import { pause, TimeLimit } from './time-limit.js';

beforeEach(() => {
  vi.useFakeTimers();
});

describe('a TimeLimit', () => {
  it('is over after its time, which can begin anew', () => {
    const limit = new TimeLimit(1000);
    const { signal } = limit;
    vi.advanceTimersByTime(900);
    limit.restart();
    vi.advanceTimersByTime(999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({ code: 'timeout' });
  });

  it('is over with the signal of the caller, also with one that is over already', () => {
    const caller = new AbortController();
    const limit = new TimeLimit(1000, caller.signal);
    caller.abort('enough');
    expect(limit.signal.reason).toMatchObject({ code: 'aborted', cause: 'enough' });
    expect(new TimeLimit(1000, caller.signal).signal.reason).toMatchObject({
      code: 'aborted',
      cause: 'enough',
    });
  });

  it('leaves nothing behind, and ends what is still under way', () => {
    const caller = new AbortController();
    const reason = vi.fn<() => undefined>();
    Object.defineProperty(caller.signal, 'reason', { get: reason });
    const limit = new TimeLimit(1000, caller.signal);
    limit.end();
    caller.abort();
    expect(reason).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
    expect(limit.signal.aborted).toBe(true);
  });
});

describe('pause', () => {
  it('ends after its time', async () => {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const paused = pause(1000, signal);
    vi.advanceTimersByTime(1000);
    await expect(paused).resolves.toBeUndefined();
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it('fails with the reason of the signal, at once', async () => {
    const controller = new AbortController();
    const paused = pause(1000, controller.signal);
    controller.abort('enough');
    await expect(paused).rejects.toBe('enough');
    await expect(pause(1000, controller.signal)).rejects.toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
  });
});
