import { describe, expect, it } from 'vitest';
import { LatestValueQueue } from './latest-value-queue.js';

const DONE = { done: true, value: undefined };

describe('LatestValueQueue', () => {
  it('keeps only the newest value for a slow reader', async () => {
    const queue = new LatestValueQueue<number>();
    [1, 2, 3].forEach((n) => queue.put(n));
    expect(await queue.take()).toEqual({ done: false, value: 3 });
    const next = queue.take();
    queue.put(4);
    expect(await next).toEqual({ done: false, value: 4 });
  });

  it('serves waiting readers in order', async () => {
    const queue = new LatestValueQueue<number>();
    const taken = [queue.take(), queue.take(), queue.take()];
    [1, 2].forEach((n) => queue.put(n));
    queue.close();
    expect(await Promise.all(taken)).toEqual([{ done: false, value: 1 }, { done: false, value: 2 }, DONE]);
  });

  it('rejects once with the error, after the remaining value', async () => {
    const queue = new LatestValueQueue<number>();
    queue.put(1);
    queue.fail(new Error('over'));
    queue.put(2);
    queue.fail(new Error('again'));
    expect(await queue.take()).toEqual({ done: false, value: 1 });
    await expect(queue.take()).rejects.toThrow('over');
    expect(await queue.take()).toEqual(DONE);
  });

  it('rejects the first waiting reader with the error and ends the others', async () => {
    const queue = new LatestValueQueue<number>();
    const [first, second] = [queue.take(), queue.take()];
    queue.fail(new Error('over'));
    await expect(first).rejects.toThrow('over');
    expect(await second).toEqual(DONE);
  });

  it('drops the remaining value when it is closed', async () => {
    const queue = new LatestValueQueue<number>();
    queue.put(1);
    queue.close();
    queue.fail(new Error('too late'));
    expect(await queue.take()).toEqual(DONE);
  });
});
