import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { addAbortListener } from './add-abort-listener.js';

describe('addAbortListener', () => {
  it('calls each listener that was not removed', () => {
    const controller = new AbortController();
    const called: number[] = [];
    const removers = [1, 2, 3].map((n) => addAbortListener(controller.signal, () => called.push(n)));
    removers[1]?.();
    controller.abort();
    expect(called).toEqual([1, 3]);
  });

  it('adds many listeners without a MaxListenersExceededWarning of Node.js', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning');
    const { signal } = new AbortController();
    for (let n = 0; n < 20; n++) addAbortListener(signal, () => undefined);
    await setImmediate();
    expect(emitWarning).not.toHaveBeenCalled();
  });
});
