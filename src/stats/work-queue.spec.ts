import { ThrottlerException } from '@nestjs/throttler';
import { beforeEach, describe, expect, it } from 'vitest';
import { WorkQueue } from './work-queue.js';

let queue: WorkQueue;
let started: string[];
let finish: Map<string, () => void>;
beforeEach(() => {
  queue = new WorkQueue();
  started = [];
  finish = new Map();
});

/** Asks for a job that lasts until the test finishes it; its result is what it is called. */
function ask(owner: string, id: string, maxWaiting = 100): Promise<string> {
  return queue.run(owner, id, maxWaiting, async () => {
    started.push(`${owner}${id}`);
    await new Promise<void>((resolve) => finish.set(`${owner}${id}`, resolve));
    return `${owner}${id}`;
  });
}

async function finished(name: string): Promise<void> {
  finish.get(name)?.();
  await new Promise(setImmediate);
}

describe('WorkQueue', () => {
  it('runs one job of an owner at a time, the oldest first', async () => {
    const jobs = [ask('a', '1'), ask('a', '2'), ask('a', '3')];
    expect(started).toEqual(['a1']);
    await finished('a1');
    await finished('a2');
    await finished('a3');
    expect(started).toEqual(['a1', 'a2', 'a3']);
    expect(await Promise.all(jobs)).toEqual(['a1', 'a2', 'a3']);
  });

  it('runs jobs of four owners at once, and lets the others take their turns', async () => {
    for (const owner of ['a', 'b', 'c', 'd', 'e', 'f']) {
      void ask(owner, '1');
      void ask(owner, '2');
    }
    expect(started).toEqual(['a1', 'b1', 'c1', 'd1']);
    for (const name of ['a1', 'b1', 'c1', 'd1']) await finished(name);
    expect(started.slice(4)).toEqual(['e1', 'f1', 'a2', 'b2']);
  });

  it('gives the result of a waiting job to all who ask for the same', async () => {
    void ask('a', '1');
    const [second, third] = [ask('a', '2'), ask('a', '2')];
    expect(third).toBe(second);
    await finished('a1');
    await finished('a2');
    expect(await second).toBe('a2');
    expect(started).toEqual(['a1', 'a2']);
  });

  it('does not give the result of a job that runs already: it may be made of an older sample', async () => {
    const [first, second] = [ask('a', '1'), ask('a', '1')];
    expect(second).not.toBe(first);
    await finished('a1');
    expect(started).toEqual(['a1', 'a1']);
  });

  it('refuses a job of an owner of whom too many wait, and of no other', async () => {
    for (let n = 0; n < 4; n++) void ask('a', `${n}`, 3); // one runs, three wait
    expect(() => ask('a', '4', 3)).toThrow(ThrottlerException);
    void ask('b', '1', 3);
    expect(started).toEqual(['a0', 'b1']);
    await finished('a0');
    void ask('a', '5', 3);
  });

  it('goes on when a job fails', async () => {
    const failing = queue.run('a', '1', 100, () => Promise.reject(new Error('a bug')));
    const next = ask('a', '2');
    await expect(failing).rejects.toThrow('a bug');
    await finished('a2');
    expect(await next).toBe('a2');
  });
});
