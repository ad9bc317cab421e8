import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  DAEMON_DOWN,
  type Outcome,
  RUN_MS,
  SamplerTest,
} from '../../../test/support/sampling/sampler-test.js';

let test: SamplerTest;
beforeEach(() => {
  test = new SamplerTest();
});

describe('StatsSampler', () => {
  it('waits for a run when there is no sample', async () => {
    const outcome = test.read();
    await test.clock.advance(RUN_MS - 1);
    expect(outcome).toEqual({});
    await test.clock.advance(1);
    expect(outcome).toEqual({ run: 'run-1' });
  });

  it('returns the current sample at once until it reaches STATS_MAX_AGE_MS', async () => {
    test.docker.durationMs = 15_000; // so that no newer sample arrives
    const outcome = test.read();
    await test.clock.advance(15_000);
    expect(outcome).toEqual({ run: 'run-1' });
    await test.clock.advance(5000);
    expect(await test.readAtOnce()).toEqual({ run: 'run-1' });
    await test.clock.advance(1);
    expect(await test.readAtOnce()).toEqual({});
  });

  it('waits for the run in progress instead of starting a second one', async () => {
    const outcomes = [test.read(), test.read()];
    await test.clock.advance(500);
    outcomes.push(test.read({ maxAgeMs: 0 }), test.read({ maxAgeMs: 1000 }));
    await test.clock.advance(RUN_MS - 500);
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => ({ run: 'run-1' })));
    expect(test.docker.startTimes).toHaveLength(1);
  });

  it('takes a new sample if the current one is older than maxAgeMs', async () => {
    await test.sampleNow();
    await test.clock.advance(1000);
    expect(await test.readAtOnce({ maxAgeMs: 1000 })).toEqual({ run: 'run-1' });
    const outcome = test.read({ maxAgeMs: 999 });
    await test.clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('caps maxAgeMs at STATS_MAX_AGE_MS', async () => {
    test.docker.durationMs = 15_000;
    test.read();
    await test.clock.advance(20_001);
    expect(await test.readAtOnce({ maxAgeMs: 3_600_000 })).toEqual({});
  });

  it('with maxAgeMs 0 does not return the current sample', async () => {
    await test.sampleNow();
    await test.clock.advance(1);
    const outcome = test.read({ maxAgeMs: 0 });
    await test.clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('with maxAgeMs 0 waits for the next run if docker stats of the current one has ended', async () => {
    test.docker.psDurationMs = 100;
    const early = test.read({ maxAgeMs: 0 });
    await test.clock.advance(RUN_MS + 10); // docker ps runs
    const late = test.read({ maxAgeMs: 0 });
    const lenient = test.read({ maxAgeMs: 100 });
    await test.clock.advance(90);
    expect([early, lenient, late]).toEqual([{ run: 'run-1' }, { run: 'run-1' }, {}]);
    await test.clock.advance(RUN_MS + 100);
    expect(late).toEqual({ run: 'run-2' });
    expect(test.docker.maxRunning).toBe(1);
  });

  it.each([0, 5000])(
    'returns the sample of a run that ends in the same millisecond (maxAgeMs %i)',
    async (maxAgeMs) => {
      const outcomes: Outcome[] = [];
      test.clock.after(RUN_MS, () => outcomes.push(test.read({ maxAgeMs }))); // called before the end of the run
      test.read();
      await test.clock.advance(RUN_MS);
      expect(outcomes).toEqual([{ run: 'run-1' }]);
      expect(test.docker.startTimes).toHaveLength(1);
    },
  );

  it('returns the new sample to a read that a watcher makes in onSample', async () => {
    const outcomes: Outcome[] = [];
    test.sampler.watch({
      onSample: () => outcomes.push(test.read(), test.read({ maxAgeMs: 0 })),
      onFailure: () => undefined,
    });
    await test.clock.advance(RUN_MS);
    expect(outcomes).toEqual([{ run: 'run-1' }, { run: 'run-1' }]);
    expect(test.docker.startTimes).toHaveLength(1);
  });

  it('rejects when its signal aborts, and the other reads still get the sample', async () => {
    const [controller, other] = [new AbortController(), test.read()];
    const aborted = test.getSample({ signal: controller.signal });
    const reason = new Error('aborted');
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await test.clock.advance(RUN_MS);
    expect(other).toEqual({ run: 'run-1' });
    expect(test.docker.startTimes).toHaveLength(1);
  });

  it('starts no further run for an aborted call that needed a later sample', async () => {
    test.docker.psDurationMs = 100;
    test.read();
    await test.clock.advance(RUN_MS + 10); // docker ps runs
    const controller = new AbortController();
    const aborted = test.getSample({ maxAgeMs: 0, signal: controller.signal });
    controller.abort(new Error('aborted'));
    await expect(aborted).rejects.toThrow('aborted');
    await test.clock.advance(10_000);
    expect(test.docker.startTimes).toHaveLength(1);
  });

  it('starts no run if its signal has already aborted', async () => {
    await expect(test.getSample({ signal: AbortSignal.abort(new Error('aborted')) })).rejects.toThrow(
      'aborted',
    );
    expect(test.docker.startTimes).toHaveLength(0);
  });
});

describe('StatsSampler with max-stale', () => {
  it('returns a stale sample at once, and starts a run for the next request', async () => {
    await test.sampleNow();
    await test.clock.advance(15_000);
    expect(await test.readAtOnce({ maxStaleMs: 10_000 })).toEqual({ run: 'run-1' });
    expect(await test.readAtOnce({ maxStaleMs: 10_000 })).toEqual({ run: 'run-1' });
    expect(test.docker.startTimes).toHaveLength(2);
    await test.clock.advance(RUN_MS);
    expect(await test.readAtOnce()).toEqual({ run: 'run-2' });
  });

  it('waits if the sample is too stale', async () => {
    await test.sampleNow();
    await test.clock.advance(15_001);
    const outcome = test.read({ maxStaleMs: 10_000 });
    await test.clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('counts from the maximum age of the request', async () => {
    await test.sampleNow();
    await test.clock.advance(3000);
    expect(await test.readAtOnce({ maxAgeMs: 1000, maxStaleMs: 2000 })).toEqual({ run: 'run-1' });
    expect(await test.readAtOnce({ maxAgeMs: 999, maxStaleMs: 2000 })).toEqual({});
  });

  it('starts no run for a fresh sample', async () => {
    await test.sampleNow();
    await test.clock.advance(5000);
    expect(await test.readAtOnce({ maxStaleMs: Infinity })).toEqual({ run: 'run-1' });
    expect(test.docker.startTimes).toHaveLength(1);
  });

  it('returns a stale sample after a failure too, but starts a run only after a second', async () => {
    await test.sampleNow();
    await test.clock.advance(10_000);
    test.docker.failure = DAEMON_DOWN;
    test.read();
    await test.clock.advance(RUN_MS);
    expect(await test.readAtOnce({ maxStaleMs: Infinity })).toEqual({ run: 'run-1' });
    expect(test.docker.startTimes).toHaveLength(2);
    await test.clock.advance(1000);
    expect(await test.readAtOnce({ maxStaleMs: Infinity })).toEqual({ run: 'run-1' });
    expect(test.docker.startTimes).toHaveLength(3);
  });

  it('waits for the first run if there is no sample', async () => {
    const outcome = test.read({ maxStaleMs: Infinity });
    await test.clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: 'run-1' });
  });
});

describe('StatsSampler at shutdown', () => {
  it('starts no background run', async () => {
    await test.sampleNow();
    test.sampler.watch({ onSample: () => undefined, onFailure: () => undefined });
    test.sampler.stop();
    expect(test.clock.timerCount).toBe(0);
    const { length } = test.docker.startTimes;
    await test.clock.advance(600_000);
    expect(test.docker.startTimes).toHaveLength(length);
    expect(test.clock.timerCount).toBe(0);
  });

  it('returns the sample of the run in progress to waiting reads', async () => {
    const outcome = test.read();
    await test.clock.advance(1000);
    test.sampler.stop();
    await test.clock.advance(1000);
    expect(outcome).toEqual({ run: 'run-1' });
    expect(test.docker.startTimes).toHaveLength(1);
  });

  it('rejects waiting reads if the run is aborted, and starts no other one', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error');
    const outcome = test.read();
    await test.clock.advance(1000);
    test.sampler.stop();
    test.docker.abort();
    await test.clock.advance(600_000);
    expect(outcome).toEqual({ code: 'docker_failed' });
    expect(test.docker.startTimes).toHaveLength(1);
    expect(logged).not.toHaveBeenCalled();
  });
});
