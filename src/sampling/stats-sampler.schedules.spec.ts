import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAEMON_DOWN, SamplerTest } from '../../test/support/sampling/sampler-test.js';

let test: SamplerTest;
beforeEach(() => {
  test = new SamplerTest();
});

describe('StatsSampler', () => {
  /** The maximum duration of a run: `docker stats`, then `docker ps`. */
  const DEADLINE_MS = 15_000 + 1000;
  const step = fc.record({
    pauseMs: fc.oneof(fc.nat(50), fc.nat(5000), fc.nat(100_000)),
    act: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ read: fc.option(fc.nat(8000)), abortsAfterMs: fc.option(fc.nat(4000)) }),
      },
      fc.record({ durationMs: fc.nat(15_000), psDurationMs: fc.option(fc.nat(1000)), fails: fc.boolean() }),
      fc.constant({ watch: true }),
      fc.constant({ unwatch: true }),
    ),
  });

  it('never runs docker twice at once, waits too long or returns a stale sample, for random schedules', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        test = new SamplerTest();
        const unwatch: (() => void)[] = [];
        let waiting = 0;

        const readAndCheck = async (maxAgeMs: number | undefined, signal: AbortSignal): Promise<void> => {
          const calledAt = test.clock.now();
          waiting++;
          const options = { ...(maxAgeMs !== undefined && { maxAgeMs }), signal };
          const result = await test.sampler.read(options).catch((error: unknown) => error as Error);
          waiting--;
          const limitMs = Math.min(maxAgeMs ?? Infinity, 5000);
          const oldest = Math.min(calledAt, test.clock.now() - limitMs);
          const isAsPromised =
            result instanceof Error
              ? signal.aborted || result.name === 'StatsSourceError'
              : result.sampledAtMonotonicMs >= oldest;
          expect(isAsPromised).toBe(true);
          expect(test.clock.now() - calledAt).toBeLessThanOrEqual(2 * DEADLINE_MS);
        };

        const reads: Promise<void>[] = [];
        for (const { pauseMs, act } of steps) {
          if ('read' in act) {
            const controller = new AbortController();
            if (act.abortsAfterMs !== null) test.clock.after(act.abortsAfterMs, () => controller.abort());
            reads.push(readAndCheck(act.read ?? undefined, controller.signal));
          } else if ('fails' in act) {
            test.docker.durationMs = act.durationMs;
            test.docker.psDurationMs = act.psDurationMs ?? undefined;
            test.docker.failure = act.fails ? DAEMON_DOWN : undefined;
          } else if ('watch' in act) {
            unwatch.push(test.sampler.watch({ onSample: () => undefined, onFailure: () => undefined }));
          } else {
            unwatch.pop()?.();
          }
          await test.clock.advance(pauseMs);
          expect(test.docker.maxRunning).toBeLessThanOrEqual(1);
        }
        unwatch.forEach((stop) => stop());
        await test.clock.advance(2 * DEADLINE_MS);
        await Promise.all(reads);
        expect(waiting).toBe(0);
        await test.clock.advance(60_000 + DEADLINE_MS);
        expect(test.docker.running).toBe(0);
        const { length } = test.docker.startTimes;
        await test.clock.advance(600_000);
        expect(test.docker.startTimes).toHaveLength(length);
      }),
      { numRuns: 300 },
    );
  });
});
