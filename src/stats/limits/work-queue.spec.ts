import { ThrottlerException } from '@nestjs/throttler';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiKey, digestOf } from '../../config/api-keys/api-keys.js';
import { type JobKind, WorkQueue } from './work-queue.js';

let queue: WorkQueue;
let started: string[];
let finish: Map<string, () => void>;
let keys: Map<string, ApiKey>;
beforeEach(() => {
  queue = new WorkQueue();
  started = [];
  finish = new Map();
  keys = new Map();
});

/** Asks for a job that lasts until the test finishes it; its result is what it is called. */
function ask(name: string, id: string, kind: JobKind = 'selection'): Promise<string> {
  return queue.run(keyOf(name), kind, id, async () => {
    started.push(`${name}${id}`);
    await new Promise<void>((resolve) => finish.set(`${name}${id}`, resolve));
    return `${name}${id}`;
  });
}

function keyOf(name: string): ApiKey {
  let key = keys.get(name);
  if (key === undefined) {
    key = { name, digest: digestOf(name), isShort: false };
    keys.set(name, key);
  }
  return key;
}

async function finished(name: string): Promise<void> {
  finish.get(name)?.();
  await new Promise(setImmediate);
}

describe('WorkQueue', () => {
  it('runs one job of a key at a time, the oldest first', async () => {
    const jobs = [ask('a', '1'), ask('a', '2'), ask('a', '3')];
    expect(started).toEqual(['a1']);
    await finished('a1');
    await finished('a2');
    await finished('a3');
    expect(started).toEqual(['a1', 'a2', 'a3']);
    expect(await Promise.all(jobs)).toEqual(['a1', 'a2', 'a3']);
  });

  it('runs jobs of four keys at once, and lets the others take their turns', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      void ask(name, '1');
      void ask(name, '2');
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

  it('refuses a job of a key of which a hundred wait, and of no other key or kind', async () => {
    for (let n = 0; n <= 100; n++) void ask('a', `${n}`); // one runs, a hundred wait
    expect(() => ask('a', '101')).toThrow(ThrottlerException);
    void ask('a', '1', 'plain');
    void ask('b', '1');
    expect(started).toEqual(['a0', 'a1', 'b1']);
    await finished('a0');
    void ask('a', '101');
  });

  it('lets every stream of a key wait', () => {
    for (let n = 0; n <= 1000; n++) void ask('a', `${n}`, 'stream');
    expect(started).toEqual(['a0']);
  });

  it('does not give a key the result of another one that had its name before', () => {
    void ask('a', '0');
    const old = ask('a', '1');
    keys.clear();
    expect(ask('a', '1')).not.toBe(old);
  });

  it('goes on when a job fails', async () => {
    const failing = queue.run(keyOf('a'), 'plain', '1', () => Promise.reject(new Error('a bug')));
    const next = ask('a', '2', 'plain');
    await expect(failing).rejects.toThrow('a bug');
    await finished('a2');
    expect(await next).toBe('a2');
  });
});
