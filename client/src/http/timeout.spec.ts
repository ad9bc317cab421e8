import { beforeEach, describe, expect, it, vi } from 'vitest';
import { pause, Timeout } from './timeout.js';

beforeEach(() => {
  vi.useFakeTimers();
});

describe('Timeout', () => {
  it('aborts its signal when the time is over, counted from the last restart', () => {
    const limit = new Timeout(1000);
    const { signal } = limit;
    vi.advanceTimersByTime(900);
    limit.restart();
    vi.advanceTimersByTime(999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({ code: 'timeout' });
  });

  it('aborts its signal with the given signal, also with one that is already aborted', () => {
    const controller = new AbortController();
    const limit = new Timeout(1000, controller.signal);
    controller.abort('enough');
    expect(limit.signal.reason).toMatchObject({ code: 'aborted', cause: 'enough' });
    expect(new Timeout(1000, controller.signal).signal.reason).toMatchObject({
      code: 'aborted',
      cause: 'enough',
    });
  });

  it('clears its timer and aborts its signal when end() is called', () => {
    const limit = new Timeout(1000);
    limit.end();
    expect(vi.getTimerCount()).toBe(0);
    expect(limit.signal.aborted).toBe(true);
  });
});

describe('pause', () => {
  it('resolves after its time', async () => {
    const { signal } = new AbortController();
    const paused = pause(1000, signal);
    vi.advanceTimersByTime(1000);
    await expect(paused).resolves.toBeUndefined();
  });

  it('rejects with the reason of the signal as soon as it is aborted', async () => {
    const controller = new AbortController();
    const paused = pause(1000, controller.signal);
    controller.abort('enough');
    await expect(paused).rejects.toBe('enough');
    await expect(pause(1000, controller.signal)).rejects.toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
  });
});
