import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  error as failure,
  reset,
  ScriptedServer,
  statsEvent,
  stream,
} from '../../../test/support/scripted-server.js';
import { until } from '../../../test/support/turns.js';
import { StatsClient } from '../stats-client.js';
import type { StatsClientError } from '../stats-client.error.js';

// In a file of its own: what fetch begins with these timers, it does not end with others.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

/** A stream that ends, as at the stop of the service. */
function endingStream(text: string): Answer {
  return (response, request) => {
    stream(text)(response, request);
    response.end();
  };
}

/** What goes on with a watch whose loop runs. */
interface Watched {
  /** How often it has asked for a stream. */
  readonly asked: () => number;
  readonly heard: readonly StatsClientError[];
}

/** A watch of a server that answers so. */
async function watching(...answers: Answer[]): Promise<Watched> {
  const server = await ScriptedServer.start(...answers);
  const heard: StatsClientError[] = [];
  let asked = 0;
  const client = new StatsClient({
    baseUrl: server.url,
    apiKey: 'client-key-0123456789',
    fetch: (...request) => {
      asked++;
      return fetch(...request);
    },
  });
  void client.watch({ onError: (error) => heard.push(error) }).next();
  return { asked: () => asked, heard };
}

/** Expects it to ask again after these times, and not before. */
async function expectPauses({ asked, heard }: Watched, pausesMs: number[]): Promise<void> {
  for (const [n, ms] of pausesMs.entries()) {
    await until(() => heard.length === n + 1); // and the pause has begun, in the same turn
    vi.advanceTimersByTime(ms - 1);
    await setImmediate();
    expect(asked()).toBe(n + 1);
    vi.advanceTimersByTime(1);
    await setImmediate();
    expect(asked()).toBe(n + 2);
  }
}

describe('a watch that lost its connection', () => {
  it('waits longer each time, up to half a minute', async () => {
    const watched = await watching(reset);
    await expectPauses(watched, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(new Set(watched.heard.map(({ code }) => code))).toEqual(new Set(['network']));
  });

  it('waits as long as the service said when it ended the stream, and anew when it was there in between', async () => {
    const watched = await watching(
      endingStream(`${statsEvent('one')}retry: 3000\n\n`),
      reset,
      endingStream(statsEvent('two')),
      reset,
    );
    await expectPauses(watched, [3000, 6000, 3000, 6000]);
    expect(new Set(watched.heard.map(({ code }) => code))).toEqual(new Set(['network']));
  });

  it('waits longer when connections end before anything came', async () => {
    const watched = await watching(endingStream(': still here\n\n'));
    await expectPauses(watched, [1000, 2000, 4000]);
    expect(watched.heard[0]?.message).toBe('The service ended the stream');
  });

  it('comes back when a refusal says', async () => {
    const watched = await watching(
      failure(503, 'unavailable', { 'Retry-After': 10 }),
      failure(429, 'rate_limited', { 'Retry-After': 50 }),
      (response) => response.writeHead(502).end('<html>Bad gateway'),
      reset,
    );
    await expectPauses(watched, [10_000, 50_000, 4000]);
    expect(watched.heard.slice(0, 3).map(({ code }) => code)).toEqual([
      'unavailable',
      'rate_limited',
      'invalid_response',
    ]);
  });
});
