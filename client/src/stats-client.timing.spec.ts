import { beforeEach, describe, expect, it, vi } from 'vitest';
import { error as failure, json, ScriptedServer, silence } from '../../test/support/scripted-server.js';
import { until } from '../../test/support/turns.js';
import { StatsClient } from './stats-client.js';

// In a file of its own: what fetch begins with these timers, it does not end with others.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

const BASIC = [{ name: 'web-1', cpuUsage: 1.5, memoryUsage: 20 }];

/** A server that answers so, and a client for it. */
async function serving(
  ...answers: Parameters<typeof ScriptedServer.start>
): Promise<{ server: ScriptedServer; client: StatsClient }> {
  const server = await ScriptedServer.start(...answers);
  return { server, client: new StatsClient({ baseUrl: server.url, apiKey: 'client-key-0123456789' }) };
}

/** Waits until a pause has begun. */
async function pauseOf(ms: number): Promise<void> {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  await until(() => timers.mock.calls.some(([, delayMs]) => delayMs === ms));
}

describe('a call', () => {
  it('is repeated when a refusal says', async () => {
    const { server, client } = await serving(failure(503, 'unavailable', { 'Retry-After': 7 }), json(BASIC));
    const call = client.stats();
    await pauseOf(7000);
    vi.advanceTimersByTime(6999);
    expect(server.requests).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(await call).toEqual(BASIC);
  });

  it('has twenty seconds if nothing else is said', async () => {
    const { server, client } = await serving(silence);
    const call = client.stats().catch((error: unknown) => error);
    await until(() => server.requests.length === 1);
    vi.advanceTimersByTime(19_999);
    server.answers(json(BASIC));
    expect(await client.stats()).toEqual(BASIC); // others have their own time
    vi.advanceTimersByTime(1);
    expect(await call).toMatchObject({ code: 'timeout' });
  });
});
