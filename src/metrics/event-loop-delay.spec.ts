import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLoopDelay, type EventLoopDelays } from './event-loop-delay.js';

function hold(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Looks until something has been measured. */
async function looked(eventLoop: EventLoopDelay): Promise<EventLoopDelays> {
  return vi.waitUntil(() => eventLoop.look(), { timeout: 5000 });
}

describe('the delay of the event loop', () => {
  let eventLoop: EventLoopDelay;
  beforeEach(() => {
    eventLoop = new EventLoopDelay();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is measured from the first look on', async () => {
    await delay(50);
    expect(eventLoop.look()).toBeUndefined();
    await delay(50);
    const { mean, p99, max } = await looked(eventLoop);
    expect(mean).toBeGreaterThanOrEqual(0);
    expect(p99).toBeGreaterThanOrEqual(mean);
    expect(max).toBeGreaterThanOrEqual(p99);
    expect(mean).toBeLessThan(0.15);
  });

  it('is by how much it was late, since the last look', async () => {
    eventLoop.look();
    await delay(50);
    hold(300);
    await delay(50);
    const { max, mean } = await looked(eventLoop);
    expect(max).toBeGreaterThan(0.25);
    expect(mean).toBeLessThan(max);
    expect((await looked(eventLoop)).max).toBeLessThan(0.25);
  });

  it('is not measured any more when nobody has looked for ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    eventLoop.look();
    vi.advanceTimersByTime(599_999);
    eventLoop.look();
    vi.advanceTimersByTime(599_999);
    await delay(50);
    expect(eventLoop.look()?.max).toBeGreaterThanOrEqual(0);
    vi.advanceTimersByTime(600_000);
    await delay(50);
    expect(eventLoop.look()).toBeUndefined();
  });
});
