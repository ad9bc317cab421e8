import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf, DAEMON_DOWN, type Outcome, RUN_MS, SamplerTest } from '../../test/support/sampler-test.js';
import type { StatsSample } from './stats-sample.js';

let test: SamplerTest;
beforeEach(() => {
  test = new SamplerTest();
});

describe('a watcher', () => {
  const told: Outcome[] = [];
  const watcher = {
    sampled: ({ containers }: StatsSample) => void told.push({ run: containers[0]?.name }),
    failed: (error: unknown) => void told.push({ code: codeOf(error) }),
  };
  beforeEach(() => {
    told.length = 0;
  });

  it('is told every sample', async () => {
    test.sampler.watch(watcher);
    await test.clock.advance(6500);
    expect(told).toEqual([{ run: 'run-1' }, { run: 'run-2' }, { run: 'run-3' }]);
  });

  it('is told the sample at hand at once, if it is fresh', async () => {
    await test.sampleNow();
    test.sampler.watch(watcher);
    expect(told).toEqual([{ run: 'run-1' }]);
  });

  it('is not told a sample past its max age', async () => {
    test.docker.durationMs = 15_000;
    test.read();
    await test.clock.advance(20_001);
    test.sampler.watch(watcher);
    expect(told).toEqual([]);
  });

  it('is told a failure, at once when it has just been, and what comes after', async () => {
    test.docker.failure = DAEMON_DOWN;
    test.read();
    await test.clock.advance(RUN_MS);
    test.sampler.watch(watcher);
    expect(told).toEqual([{ code: 'docker_unreachable' }]);
    test.docker.failure = undefined;
    await test.clock.advance(1000 + RUN_MS);
    expect(told).toEqual([{ code: 'docker_unreachable' }, { run: 'run-2' }]);
  });

  it('is told a sample that is fresh, and not a failure since', async () => {
    await test.sampleNow();
    test.docker.failure = DAEMON_DOWN;
    await test.clock.advance(2100);
    test.sampler.watch(watcher);
    expect(told).toEqual([{ run: 'run-1' }]);
  });

  it('gets a run at once when there is nothing to tell, also before the next one would be due', async () => {
    test = new SamplerTest({ STATS_INTERVAL_MS: '30000', STATS_MAX_AGE_MS: '30000' });
    test.docker.failure = DAEMON_DOWN;
    test.read();
    await test.clock.advance(RUN_MS + 1000);
    test.docker.failure = undefined;
    test.sampler.watch(watcher);
    await test.clock.advance(RUN_MS);
    expect(told).toEqual([{ run: 'run-2' }]);
  });

  it('is not told a failure of long ago', async () => {
    test = new SamplerTest({ STATS_IDLE_AFTER_MS: '0' });
    test.docker.failure = DAEMON_DOWN;
    test.read();
    await test.clock.advance(RUN_MS + 1000);
    test.sampler.watch(watcher);
    expect(told).toEqual([]);
  });

  it('is demand when it stops watching, once', async () => {
    const stop = test.sampler.watch(watcher);
    await test.clock.advance(100_000);
    stop();
    await test.clock.advance(50_000);
    stop();
    expect(test.docker.running + test.clock.timerCount).toBeGreaterThan(0);
    await test.clock.advance(15_000);
    expect(test.docker.running + test.clock.timerCount).toBe(0);
  });

  it('is demand for as long as it watches, and nothing after', async () => {
    const stop = test.sampler.watch(watcher);
    await test.clock.advance(600_000);
    expect(test.docker.starts.length).toBeGreaterThan(290);
    stop();
    stop();
    await test.clock.advance(70_000);
    const { length } = test.docker.starts;
    const heard = told.length;
    await test.clock.advance(600_000);
    expect(test.docker.starts).toHaveLength(length);
    expect(told).toHaveLength(heard);
  });
});

describe('an observer', () => {
  it('is told how every run ends, and is no demand', async () => {
    const told: Outcome[] = [];
    test.sampler.observe({
      sampled: ({ containers }: StatsSample) => void told.push({ run: containers[0]?.name }),
      failed: (error: unknown) => void told.push({ code: codeOf(error) }),
    });
    await test.clock.advance(10_000);
    expect(test.starts).toEqual([]);
    await test.sampleNow();
    test.docker.failure = DAEMON_DOWN;
    await test.clock.advance(2000);
    expect(told).toEqual([{ run: 'run-1' }, { code: 'docker_unreachable' }]);
    await test.clock.advance(100_000);
    expect(test.clock.timerCount).toBe(0); // idle, though it observes still
  });
});

it('counts the readers that waited for a run of others', async () => {
  test.read();
  expect(test.sampler.sharedReads).toBe(0);
  test.read();
  test.read({ maxAgeMs: 1000 });
  expect(test.sampler.sharedReads).toBe(2);
  await test.clock.advance(RUN_MS);
  await test.readAtOnce();
  expect(test.sampler.sharedReads).toBe(2);
});

it('shows its latest sample, however old, to those who only look', async () => {
  expect(test.sampler.latest).toBeUndefined();
  const sample = await test.sampleNow();
  await test.clock.advance(200_000);
  const runs = test.starts.length;
  expect(test.sampler.latest).not.toBe(sample); // 60 s of demand
  await test.clock.advance(200_000);
  expect(test.sampler.ageMsOf(test.sampler.latest ?? sample)).toBeGreaterThan(300_000);
  expect(test.starts).toHaveLength(runs);
});
