import { expect, it } from 'vitest';
import { type Priority, TimeSlices } from './time-slices.js';

it('TimeSlices are over after a while, and begin anew after a turn of the event loop', async () => {
  const slices = new TimeSlices('own');
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
      await new TimeSlices('own').next();
      turnOf.push(turn);
    }),
  );
  isDone = true;
  expect(new Set(turnOf).size).toBe(10);
});

it('TimeSlices of more urgent work come first, whatever came first', async () => {
  const order: string[] = [];
  const work = async (priority: Priority, name: string): Promise<void> => {
    await new TimeSlices(priority).next();
    order.push(name);
  };
  await Promise.all([
    work('own', 'own 1'),
    work('own', 'own 2'),
    work('shared', 'shared'),
    work('sample', 'sample 1'),
    work('sample', 'sample 2'),
  ]);
  expect(order).toEqual(['sample 1', 'sample 2', 'shared', 'own 1', 'own 2']);
});

it('TimeSlices of urgent work begin at once while others wait, and those of others do not', async () => {
  const waiting = new TimeSlices('shared').next();
  expect(new TimeSlices('sample').isOver).toBe(false);
  expect(new TimeSlices('shared').isOver).toBe(true);
  expect(new TimeSlices('own').isOver).toBe(true);
  await waiting;
});
