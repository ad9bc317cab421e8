import { ThrottlerException } from '@nestjs/throttler';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiKey, hashKey } from '../../config/api-keys/api-keys.js';
import { type JobKind, JobQueue } from './job-queue.js';

let queue: JobQueue;
let started: string[];
let finish: Map<string, () => void>;
let keys: Map<string, ApiKey>;
beforeEach(() => {
  queue = new JobQueue();
  started = [];
  finish = new Map();
  keys = new Map();
});

/** Queues a job that lasts until `finish`; its result is its key name and id. */
function queueJob(name: string, id: string, kind: JobKind = 'selection'): Promise<string> {
  return queue.run(getKey(name), kind, id, async () => {
    started.push(`${name}${id}`);
    await new Promise<void>((resolve) => finish.set(`${name}${id}`, resolve));
    return `${name}${id}`;
  });
}

function getKey(name: string): ApiKey {
  let key = keys.get(name);
  if (key === undefined) {
    key = { name, digest: hashKey(name), isShort: false };
    keys.set(name, key);
  }
  return key;
}

async function finishJob(name: string): Promise<void> {
  finish.get(name)?.();
  await new Promise(setImmediate);
}

describe('JobQueue', () => {
  it('runs one job of a key at a time, the oldest first', async () => {
    const jobs = [queueJob('a', '1'), queueJob('a', '2'), queueJob('a', '3')];
    expect(started).toEqual(['a1']);
    await finishJob('a1');
    await finishJob('a2');
    await finishJob('a3');
    expect(started).toEqual(['a1', 'a2', 'a3']);
    expect(await Promise.all(jobs)).toEqual(['a1', 'a2', 'a3']);
  });

  it('runs four jobs at once, and serves all keys in turn', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      void queueJob(name, '1');
      void queueJob(name, '2');
    }
    expect(started).toEqual(['a1', 'b1', 'c1', 'd1']);
    for (const name of ['a1', 'b1', 'c1', 'd1']) await finishJob(name);
    expect(started.slice(4)).toEqual(['e1', 'f1', 'a2', 'b2']);
  });

  it('shares a waiting job between calls with the same id', async () => {
    void queueJob('a', '1');
    const [second, third] = [queueJob('a', '2'), queueJob('a', '2')];
    expect(third).toBe(second);
    await finishJob('a1');
    await finishJob('a2');
    expect(await second).toBe('a2');
    expect(started).toEqual(['a1', 'a2']);
  });

  it('does not share a running job, because it may use an older sample', async () => {
    const [first, second] = [queueJob('a', '1'), queueJob('a', '1')];
    expect(second).not.toBe(first);
    await finishJob('a1');
    expect(started).toEqual(['a1', 'a1']);
  });

  it('refuses a job while 100 jobs of the same key and kind wait', async () => {
    for (let n = 0; n <= 100; n++) void queueJob('a', `${n}`); // one runs, a hundred wait
    expect(() => queueJob('a', '101')).toThrow(ThrottlerException);
    void queueJob('a', '1', 'plain');
    void queueJob('b', '1');
    expect(started).toEqual(['a0', 'a1', 'b1']);
    await finishJob('a0');
    void queueJob('a', '101');
  });

  it('does not limit the waiting jobs of streams', () => {
    for (let n = 0; n <= 1000; n++) void queueJob('a', `${n}`, 'stream');
    expect(started).toEqual(['a0']);
  });

  it('does not share a job with a new key that reuses the name', () => {
    void queueJob('a', '0');
    const old = queueJob('a', '1');
    keys.clear();
    expect(queueJob('a', '1')).not.toBe(old);
  });

  it('runs the next job after one fails', async () => {
    const failing = queue.run(getKey('a'), 'plain', '1', () => Promise.reject(new Error('a bug')));
    const next = queueJob('a', '2', 'plain');
    await expect(failing).rejects.toThrow('a bug');
    await finishJob('a2');
    expect(await next).toBe('a2');
  });
});
