import { describe, expect, it } from 'vitest';
import { Latest } from './latest.js';

const DONE = { done: true, value: undefined };

describe('Latest', () => {
  it('keeps the newest value for a reader that is slower', async () => {
    const latest = new Latest<number>();
    [1, 2, 3].forEach((n) => latest.put(n));
    expect(await latest.take()).toEqual({ done: false, value: 3 });
    const next = latest.take();
    latest.put(4);
    expect(await next).toEqual({ done: false, value: 4 });
  });

  it('serves readers that wait in their order', async () => {
    const latest = new Latest<number>();
    const taken = [latest.take(), latest.take(), latest.take()];
    [1, 2].forEach((n) => latest.put(n));
    latest.close();
    expect(await Promise.all(taken)).toEqual([{ done: false, value: 1 }, { done: false, value: 2 }, DONE]);
  });

  it('tells an error once, after the value before it', async () => {
    const latest = new Latest<number>();
    latest.put(1);
    latest.fail(new Error('over'));
    latest.put(2);
    latest.fail(new Error('again'));
    expect(await latest.take()).toEqual({ done: false, value: 1 });
    await expect(latest.take()).rejects.toThrow('over');
    expect(await latest.take()).toEqual(DONE);
  });

  it('tells an error to one who waits, and the others that it is over', async () => {
    const latest = new Latest<number>();
    const [first, second] = [latest.take(), latest.take()];
    latest.fail(new Error('over'));
    await expect(first).rejects.toThrow('over');
    expect(await second).toEqual(DONE);
  });

  it('has nothing left when it is closed', async () => {
    const latest = new Latest<number>();
    latest.put(1);
    latest.close();
    latest.fail(new Error('too late'));
    expect(await latest.take()).toEqual(DONE);
  });
});
