import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sendError, sendJson, sendNothing } from '../../test/support/http/scripted-server.js';
import { waitUntil } from '../../test/support/processes/event-loop.js';
import { BASIC, startServer } from '../../test/support/http/scripted-client.js';

// These tests have their own file, because requests that fetch starts with fake timers would hang with real ones.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

/** Waits until a pause of this length begins. */
async function waitForPause(ms: number): Promise<void> {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  await waitUntil(() => timers.mock.calls.some(([, delayMs]) => delayMs === ms));
}

describe('StatsClient', () => {
  it('retries after the time in Retry-After', async () => {
    const { server, client } = await startServer(
      sendError(503, 'unavailable', { 'Retry-After': 7 }),
      sendJson(BASIC),
    );
    const call = client.stats();
    await waitForPause(7000);
    vi.advanceTimersByTime(6999);
    expect(server.requests).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(await call).toEqual(BASIC);
  });

  it('times out after 20 seconds by default', async () => {
    const { server, client } = await startServer(sendNothing);
    const call = client.stats().catch((error: unknown) => error);
    await waitUntil(() => server.requests.length === 1);
    vi.advanceTimersByTime(19_999);
    server.setHandlers(sendJson(BASIC));
    expect(await client.stats()).toEqual(BASIC); // each call has its own deadline
    vi.advanceTimersByTime(1);
    expect(await call).toMatchObject({ code: 'timeout' });
  });
});
