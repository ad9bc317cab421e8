import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLoopMonitor, type EventLoopDelays } from './event-loop-monitor.js';

function blockEventLoop(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Reads the delays as soon as there are any. */
async function waitForDelays(eventLoop: EventLoopMonitor): Promise<EventLoopDelays> {
  return vi.waitUntil(() => eventLoop.readDelays(), { timeout: 5000 });
}

describe('EventLoopMonitor', () => {
  let eventLoop: EventLoopMonitor;
  beforeEach(() => {
    eventLoop = new EventLoopMonitor();
  });

  it('starts to measure at the first read', async () => {
    await delay(50);
    expect(eventLoop.readDelays()).toBeUndefined();
    await delay(50);
    const { mean, p99, max } = await waitForDelays(eventLoop);
    expect(mean).toBeGreaterThanOrEqual(0);
    expect(p99).toBeGreaterThanOrEqual(mean);
    expect(max).toBeGreaterThanOrEqual(p99);
    expect(mean).toBeLessThan(0.15);
  });

  it('reports the delays since the last read', async () => {
    eventLoop.readDelays();
    await delay(50);
    blockEventLoop(300);
    await delay(50);
    const { max, mean } = await waitForDelays(eventLoop);
    expect(max).toBeGreaterThan(0.25);
    expect(mean).toBeLessThan(max);
    expect((await waitForDelays(eventLoop)).max).toBeLessThan(0.25);
  });

  it('stops measuring after ten minutes without a read', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    eventLoop.readDelays();
    vi.advanceTimersByTime(599_999);
    eventLoop.readDelays();
    vi.advanceTimersByTime(599_999);
    await delay(50);
    expect(eventLoop.readDelays()?.max).toBeGreaterThanOrEqual(0);
    vi.advanceTimersByTime(600_000);
    await delay(50);
    expect(eventLoop.readDelays()).toBeUndefined();
  });
});
