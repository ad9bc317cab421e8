import { expect, it } from 'vitest';
import { TimeSlices } from './time-slices.js';

it('TimeSlices are over after a while, and begin anew after a turn of the event loop', async () => {
  const slices = new TimeSlices();
  expect(slices.isOver).toBe(false);
  await expect.poll(() => slices.isOver).toBe(true);
  let hadTurn = false;
  setImmediate(() => (hadTurn = true));
  await slices.next();
  expect(hadTurn).toBe(true);
  expect(slices.isOver).toBe(false);
});

it('TimeSlices of many works at once share the turns of the event loop', async () => {
  const turnOf: number[] = [];
  let turn = 0;
  let isDone = false;
  const count = (): void => {
    turn++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      await new TimeSlices().next();
      turnOf.push(turn);
    }),
  );
  isDone = true;
  expect(new Set(turnOf).size).toBe(10);
});
