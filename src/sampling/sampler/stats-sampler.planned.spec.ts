import { beforeEach, describe, expect, it } from 'vitest';
import {
  DAEMON_DOWN,
  type Outcome,
  RUN_MS,
  SamplerTest,
} from '../../../test/support/sampling/sampler-test.js';

const PERIOD_MS = 15_000;

let test: SamplerTest;
let events: (string | { usedAfterMs: number })[];

/** Sends requests, each a period after the one before. Advances the clock to the time of the last one. */
async function poll(requests: number): Promise<Outcome> {
  let outcome: Outcome = {};
  for (let n = 0; n < requests; n++) {
    // oxlint-disable-next-line no-await-in-loop -- one request after the other
    await test.clock.advance(PERIOD_MS);
    // oxlint-disable-next-line no-await-in-loop -- the same
    outcome = await test.readAtOnce({ client: 'a' });
  }
  return outcome;
}

beforeEach(async () => {
  test = new SamplerTest();
  await poll(10);
  events = [];
  test.sampler.observe({
    onStart: (reason) => void events.push(reason),
    onSample: () => void events.push('sample'),
    onFailure: () => void events.push('failure'),
    onPlannedSampleUsed: (ageMs) => void events.push({ usedAfterMs: Math.round(ageMs) }),
    onPlannedSampleUnused: () => void events.push('unused'),
  });
});

describe('StatsSampler, for a client that polls', () => {
  it('takes a sample shortly before the request', async () => {
    const { run } = await poll(1);
    expect(run).toBe('run-11');
    expect(events).toEqual(['planned', 'sample', { usedAfterMs: 150 }]);
  });

  it('reports a planned sample that nobody used', async () => {
    await test.clock.advance(40_000);
    await test.readAtOnce();
    await test.clock.advance(RUN_MS);
    expect(events).toEqual([
      'planned',
      'sample',
      'planned',
      'unused',
      'sample',
      'request',
      'unused',
      'sample',
    ]);
  });

  it('gives a request that comes early the sample of the planned run', async () => {
    await test.clock.advance(PERIOD_MS - 500);
    const outcome = await test.readAtOnce({ client: 'a' });
    expect(outcome).toEqual({});
    await test.clock.advance(500);
    expect(outcome).toEqual({ run: 'run-11' });
    expect(events).toEqual(['planned', 'sample', { usedAfterMs: 0 }]);
  });

  it('plans nothing while a run in progress will do', async () => {
    await test.clock.advance(PERIOD_MS - RUN_MS - 500);
    test.read(); // another client
    await test.clock.advance(RUN_MS + 500);
    expect(await test.readAtOnce({ client: 'a' })).toEqual({ run: 'run-11' });
    expect(events).toEqual(['request', 'sample']);
  });

  it('does not start a run earlier than STATS_INTERVAL_MS after the one before', async () => {
    test = new SamplerTest({ STATS_INTERVAL_MS: '5000' });
    await poll(10);
    await test.clock.advance(PERIOD_MS - RUN_MS - 2000);
    test.read({ maxAgeMs: 0 });
    await test.clock.advance(RUN_MS + 2000);
    expect(test.startTimes.slice(1).map((start, n) => start - (test.startTimes[n] ?? 0))).toSatisfy(
      (pauses: number[]) => pauses.every((pause) => pause >= 5000),
    );
  });
});

describe('StatsSampler, when a planned run fails', () => {
  it('tries once more after a second, before the client is due', async () => {
    test.docker.failure = DAEMON_DOWN;
    test.docker.durationMs = 30;
    await test.clock.advance(PERIOD_MS - RUN_MS);
    test.docker.failure = undefined;
    test.docker.durationMs = 300;
    await test.clock.advance(RUN_MS);
    expect((await test.readAtOnce({ client: 'a' })).run).toBe('run-12');
    expect(events).toEqual([
      'planned',
      'failure',
      'planned',
      'sample',
      { usedAfterMs: expect.any(Number) as number },
    ]);
  });

  it('lets the client wait for the second run if it is still in progress', async () => {
    test.docker.failure = DAEMON_DOWN;
    test.docker.durationMs = 30;
    await test.clock.advance(PERIOD_MS - RUN_MS);
    test.docker.failure = undefined;
    test.docker.durationMs = RUN_MS;
    await test.clock.advance(RUN_MS);
    const outcome = await test.readAtOnce({ client: 'a' });
    expect(outcome).toEqual({});
    await test.clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: 'run-12' });
    expect(events.filter((event) => event === 'request')).toEqual([]);
  });

  it('does not try a third time', async () => {
    test.docker.failure = DAEMON_DOWN;
    test.docker.durationMs = 30;
    await test.clock.advance(10 * PERIOD_MS);
    expect(events).toEqual(['planned', 'failure', 'planned', 'failure']);
  });

  it('takes a new sample for the request after the failures', async () => {
    test.docker.failure = DAEMON_DOWN;
    test.docker.durationMs = 30;
    await test.clock.advance(PERIOD_MS - 1);
    test.docker.failure = undefined;
    await test.clock.advance(1001);
    const outcome = await test.readAtOnce({ client: 'a' });
    await test.clock.advance(30);
    expect(outcome.run).toBe('run-13');
  });
});
