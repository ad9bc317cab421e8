import { expect, it, vi } from 'vitest';
import { onAbort } from './on-abort.js';

it('calls what waits for a signal and was not taken back, by one listener', () => {
  const controller = new AbortController();
  const added = vi.spyOn(controller.signal, 'addEventListener');
  const called: number[] = [];
  const takeBack = [1, 2, 3].map((n) => onAbort(controller.signal, () => called.push(n)));
  takeBack[1]?.();
  controller.abort();
  expect(called).toEqual([1, 3]);
  expect(added).toHaveBeenCalledTimes(1);
});
