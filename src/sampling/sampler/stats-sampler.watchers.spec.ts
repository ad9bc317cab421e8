import { beforeEach, describe, expect, it } from 'vitest';
import {
  getErrorCode,
  DAEMON_DOWN,
  IGNORE_RUNS,
  type Outcome,
  RUN_MS,
  SamplerTest,
} from '../../../test/support/sampling/sampler-test.js';
import type { StatsSample } from '../stats-sample.js';

let test: SamplerTest;
beforeEach(() => {
  test = new SamplerTest();
});

describe('StatsSampler.watch', () => {
  const received: Outcome[] = [];
  const watcher = {
    onSample: ({ containers }: StatsSample) => void received.push({ run: containers[0]?.name }),
    onFailure: (error: unknown) => void received.push({ code: getErrorCode(error) }),
  };
  beforeEach(() => {
    received.length = 0;
  });

  it('passes on every sample', async () => {
    test.sampler.watch(watcher);
    await test.clock.advance(6500);
    expect(received).toEqual([{ run: 'run-1' }, { run: 'run-2' }, { run: 'run-3' }]);
  });

  it('passes on the current sample at once if it is fresh', async () => {
    await test.sampleNow();
    test.sampler.watch(watcher);
    expect(received).toEqual([{ run: 'run-1' }]);
  });

  it('does not pass on a stale sample', async () => {
    test.docker.durationMs = 15_000;
    test.read();
    await test.clock.advance(20_001);
    test.sampler.watch(watcher);
    expect(received).toEqual([]);
  });

  it('passes on a recent failure at once, and the next sample', async () => {
    test.docker.failure = DAEMON_DOWN;
    test.read();
    await test.clock.advance(RUN_MS);
    test.sampler.watch(watcher);
    expect(received).toEqual([{ code: 'docker_unreachable' }]);
    test.docker.failure = undefined;
    await test.clock.advance(1000 + RUN_MS);
    expect(received).toEqual([{ code: 'docker_unreachable' }, { run: 'run-2' }]);
  });

  it('passes on a fresh sample rather than a later failure', async () => {
    await test.sampleNow();
    test.docker.failure = DAEMON_DOWN;
    await test.clock.advance(1);
    test.read({ maxAgeMs: 0 });
    await test.clock.advance(2100);
    test.sampler.watch(watcher);
    expect(received).toEqual([{ run: 'run-1' }]);
  });

  it('starts a run at once if there is no fresh sample, even before the next one is due', async () => {
    test = new SamplerTest({ STATS_INTERVAL_MS: '30000', STATS_MAX_AGE_MS: '30000' });
    test.docker.failure = DAEMON_DOWN;
    test.read();
    await test.clock.advance(RUN_MS + 1000);
    test.docker.failure = undefined;
    test.sampler.watch(watcher);
    await test.clock.advance(RUN_MS);
    expect(received).toEqual([{ run: 'run-2' }]);
  });

  it('does not pass on an old failure', async () => {
    test = new SamplerTest({ STATS_IDLE_AFTER_MS: '0' });
    test.docker.failure = DAEMON_DOWN;
    test.read();
    await test.clock.advance(RUN_MS + 1000);
    test.sampler.watch(watcher);
    expect(received).toEqual([]);
  });

  it('causes continuous runs until it is stopped, and passes on nothing afterwards', async () => {
    const stop = test.sampler.watch(watcher);
    await test.clock.advance(600_000);
    expect(test.docker.startTimes.length).toBeGreaterThan(290);
    stop();
    stop();
    const { length } = test.docker.startTimes;
    const count = received.length;
    await test.clock.advance(600_000);
    expect(test.docker.startTimes).toHaveLength(length);
    expect(test.clock.timerCount).toBe(0);
    expect(received).toHaveLength(count);
  });
});

describe('StatsSampler.observe', () => {
  it('passes on the start, the reason and the result of every run, and causes none', async () => {
    const received: (Outcome | string)[] = [];
    test.sampler.observe({
      ...IGNORE_RUNS,
      onStart: (reason) => void received.push(reason),
      onSample: ({ containers }: StatsSample) => void received.push({ run: containers[0]?.name }),
      onFailure: (error: unknown) => void received.push({ code: getErrorCode(error) }),
    });
    await test.clock.advance(10_000);
    expect(test.startTimes).toEqual([]);
    await test.sampleNow();
    test.docker.failure = DAEMON_DOWN;
    const stop = test.sampler.watch({ onSample: () => undefined, onFailure: () => undefined });
    await test.clock.advance(500 + RUN_MS);
    stop();
    expect(received).toEqual(['request', { run: 'run-1' }, 'continuous', { code: 'docker_unreachable' }]);
    await test.clock.advance(100_000);
    expect(test.clock.timerCount).toBe(0);
  });
});

it('StatsSampler tells its observers of each read that waits for a run in progress', async () => {
  let sharedReads = 0;
  test.sampler.observe({ onSharedRead: () => sharedReads++ });
  test.read();
  expect(sharedReads).toBe(0);
  test.read();
  test.read({ maxAgeMs: 1000 });
  expect(sharedReads).toBe(2);
  await test.clock.advance(RUN_MS);
  await test.readAtOnce();
  expect(sharedReads).toBe(2);
});

it('StatsSampler.latestSample is the latest sample, however old', async () => {
  expect(test.sampler.latestSample).toBeUndefined();
  const sample = await test.sampleNow();
  await test.clock.advance(400_000);
  expect(test.sampler.latestSample).toBe(sample);
});
