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
