import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type RequestHandler,
  sendError,
  closeConnection,
  ScriptedServer,
  formatStatsEvent,
  sendStream,
} from '../../../test/support/http/scripted-server.js';
import { waitUntil } from '../../../test/support/processes/event-loop.js';
import { StatsClient } from '../stats-client.js';
import type { StatsClientError } from '../stats-client.error.js';

// These tests have their own file, because requests that fetch starts with fake timers would hang with real ones.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

/** A stream that the server closes, as at its shutdown. */
function endingStream(text: string): RequestHandler {
  return (response, request) => {
    sendStream(text)(response, request);
    response.end();
  };
}

interface Watched {
  /** The number of requests of the watch. */
  readonly countRequests: () => number;
  /** The errors that onError received. */
  readonly errors: readonly StatsClientError[];
}

/** Starts a watch on a server with these responses. */
async function startWatch(...responses: RequestHandler[]): Promise<Watched> {
  const server = await ScriptedServer.start(...responses);
  const errors: StatsClientError[] = [];
  let requests = 0;
  const client = new StatsClient({
    baseUrl: server.url,
    apiKey: 'client-key-0123456789',
    fetch: (...request) => {
      requests++;
      return fetch(...request);
    },
  });
  void client.watch({ onError: (error) => errors.push(error) }).next();
  return { countRequests: () => requests, errors };
}

/** Expects the next requests exactly after these times. */
async function expectPauses({ countRequests, errors }: Watched, pausesMs: number[]): Promise<void> {
  for (const [n, ms] of pausesMs.entries()) {
    await waitUntil(() => errors.length === n + 1); // the pause begins in the same turn
    vi.advanceTimersByTime(ms - 1);
    await setImmediate();
    expect(countRequests()).toBe(n + 1);
    vi.advanceTimersByTime(1);
    await setImmediate();
    expect(countRequests()).toBe(n + 2);
  }
}

describe('StatsWatch', () => {
  it('waits longer after each lost connection, up to 30 seconds', async () => {
    const watched = await startWatch(closeConnection);
    await expectPauses(watched, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(new Set(watched.errors.map(({ code }) => code))).toEqual(new Set(['network']));
  });

  it('waits for the retry time of the stream, and starts from it again after a successful connection', async () => {
    const watched = await startWatch(
      endingStream(`${formatStatsEvent('one')}retry: 3000\n\n`),
      closeConnection,
      endingStream(formatStatsEvent('two')),
      closeConnection,
    );
    await expectPauses(watched, [3000, 6000, 3000, 6000]);
    expect(new Set(watched.errors.map(({ code }) => code))).toEqual(new Set(['network']));
  });

  it('waits longer after each connection that closes before an event', async () => {
    const watched = await startWatch(endingStream(': still here\n\n'));
    await expectPauses(watched, [1000, 2000, 4000]);
    expect(watched.errors[0]?.message).toBe('The service closed the stream');
  });

  it('waits for the time in Retry-After', async () => {
    const watched = await startWatch(
      sendError(503, 'unavailable', { 'Retry-After': 10 }),
      sendError(429, 'rate_limited', { 'Retry-After': 50 }),
      (response) => response.writeHead(502).end('<html>Bad gateway'),
      closeConnection,
    );
    await expectPauses(watched, [10_000, 50_000, 4000]);
    expect(watched.errors.slice(0, 3).map(({ code }) => code)).toEqual([
      'unavailable',
      'rate_limited',
      'invalid_response',
    ]);
  });
});
