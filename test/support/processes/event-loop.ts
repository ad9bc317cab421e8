import { setImmediate } from 'node:timers/promises';

/** Counts the turns of the event loop during an asynchronous task. */
export async function countTurns(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const counting = setInterval(() => turns++);
  await work();
  clearInterval(counting);
  return turns;
}

/** Waits until a condition is true. Unlike `expect.poll`, it does not advance fake timers. */
export async function waitUntil(isTrue: () => boolean): Promise<void> {
  do await setImmediate();
  while (!isTrue());
}
