import { setImmediate } from 'node:timers/promises';

/** How many turns the event loop has while something goes on. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const counting = setInterval(() => turns++);
  await work();
  clearInterval(counting);
  return turns;
}

/** Waits until something has happened, without moving fake timers, as `expect.poll` does. */
export async function until(hasHappened: () => boolean): Promise<void> {
  do await setImmediate();
  while (!hasHappened());
}
