import { describe, expect, it } from 'vitest';
import { type Priority, TimeSlices } from './time-slices.js';

/** Blocks the event loop for longer than a slice. */
function block(): void {
  const until = performance.now() + 10;
  while (performance.now() < until);
}

/** Runs a task that needs at least two slices. */
function runTask(priority: Priority, steps: { first?: () => void; last?: () => void }): Promise<void> {
  return new TimeSlices(priority).forEach([steps.first, block, steps.last], (step) => step?.());
}

describe('TimeSlices', () => {
  it('starts at once, and yields to the event loop after a slice', async () => {
    let hadTurn = false;
    setImmediate(() => (hadTurn = true));
    const seen: boolean[] = [];
    await runTask('own', { first: () => seen.push(hadTurn), last: () => seen.push(hadTurn) });
    expect(seen).toEqual([false, true]);
  });

  it('runs one slice per turn of the event loop for many tasks', async () => {
    const turnOf: number[] = [];
    let turn = 0;
    let isDone = false;
    const count = (): void => {
      turn++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 10 }, () => runTask('own', { last: () => turnOf.push(turn) })));
    isDone = true;
    expect(new Set(turnOf).size).toBe(10);
  });

  it('runs slices by priority, then by waiting time', async () => {
    const order: string[] = [];
    const run = (priority: Priority, name: string): Promise<void> =>
      runTask(priority, { last: () => order.push(name) });
    await Promise.all([
      run('own', 'own 1'),
      run('own', 'own 2'),
      run('shared', 'shared'),
      run('sample', 'sample 1'),
      run('sample', 'sample 2'),
    ]);
    expect(order).toEqual(['sample 1', 'sample 2', 'shared', 'own 1', 'own 2']);
  });

  it('starts a task at once unless tasks of the same or a higher priority wait', async () => {
    const started: string[] = [];
    const run = (priority: Priority, name: string): Promise<void> =>
      runTask(priority, { first: () => started.push(name) });
    const tasks = [
      run('shared', 'shared 1'),
      run('shared', 'shared 2'),
      run('own', 'own'),
      run('sample', 'sample'),
    ];
    expect(started).toEqual(['shared 1', 'sample']);
    await Promise.all(tasks);
    expect(started).toEqual(['shared 1', 'sample', 'shared 2', 'own']);
  });

  it('every() stops at the first item for which the action returns false', async () => {
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

  it('map() returns the converted items', async () => {
    expect(await new TimeSlices('own').map(new Set([1, 2]), (n) => n * 2)).toEqual([2, 4]);
  });
});
