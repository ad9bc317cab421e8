import { describe, expect, it } from 'vitest';
import { type Priority, TimeSlices } from './time-slices.js';

/** Takes longer than a slice. */
function hold(): void {
  const until = performance.now() + 10;
  while (performance.now() < until);
}

/** A work of two slices at least. */
function work(priority: Priority, steps: { first?: () => void; last?: () => void }): Promise<void> {
  return new TimeSlices(priority).forEach([steps.first, hold, steps.last], (step) => step?.());
}

describe('TimeSlices', () => {
  it('begin at once, and give the event loop its turn after a while', async () => {
    let hadTurn = false;
    setImmediate(() => (hadTurn = true));
    const seen: boolean[] = [];
    await work('own', { first: () => seen.push(hadTurn), last: () => seen.push(hadTurn) });
    expect(seen).toEqual([false, true]);
  });

  it('of many works at once share the turns of the event loop', async () => {
    const turnOf: number[] = [];
    let turn = 0;
    let isDone = false;
    const count = (): void => {
      turn++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 10 }, () => work('own', { last: () => turnOf.push(turn) })));
    isDone = true;
    expect(new Set(turnOf).size).toBe(10);
  });

  it('of more urgent work come first, whatever came first', async () => {
    const order: string[] = [];
    const named = (priority: Priority, name: string): Promise<void> =>
      work(priority, { last: () => order.push(name) });
    await Promise.all([
      named('own', 'own 1'),
      named('own', 'own 2'),
      named('shared', 'shared'),
      named('sample', 'sample 1'),
      named('sample', 'sample 2'),
    ]);
    expect(order).toEqual(['sample 1', 'sample 2', 'shared', 'own 1', 'own 2']);
  });

  it('of urgent work begin at once while others wait, and those of others do not', async () => {
    const begun: string[] = [];
    const beginning = (priority: Priority, name: string): Promise<void> =>
      work(priority, { first: () => begun.push(name) });
    const works = [
      beginning('shared', 'shared 1'),
      beginning('shared', 'shared 2'),
      beginning('own', 'own'),
      beginning('sample', 'sample'),
    ];
    expect(begun).toEqual(['shared 1', 'sample']);
    await Promise.all(works);
    expect(begun).toEqual(['shared 1', 'sample', 'shared 2', 'own']);
  });

  it('end with the item whose action returns false, and read no further', async () => {
    const read: number[] = [];
    function* numbers(): Generator<number> {
      for (let n = 1; ; n++) {
        read.push(n);
        yield n;
      }
    }
    expect(await new TimeSlices('own').every(numbers(), (n) => n < 3)).toBe(false);
    expect(read).toEqual([1, 2, 3]);
    expect(await new TimeSlices('own').every([1, 2], (n) => n < 3)).toBe(true);
  });

  it('tell what becomes of each item', async () => {
    expect(await new TimeSlices('own').map(new Set([1, 2]), (n) => n * 2)).toEqual([2, 4]);
  });
});
