import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAEMON_DOWN, SamplerTest } from '../../test/support/sampler-test.js';

let test: SamplerTest;
beforeEach(() => {
  test = new SamplerTest();
});

describe('whatever the schedule', () => {
  /** Of a run: `docker stats`, and `docker ps` after it. */
  const DEADLINE_MS = 15_000 + 1000;
  const step = fc.record({
    pauseMs: fc.oneof(fc.nat(50), fc.nat(5000), fc.nat(100_000)),
    act: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ read: fc.option(fc.nat(8000)), leavesAfterMs: fc.option(fc.nat(4000)) }),
      },
      fc.record({ durationMs: fc.nat(15_000), psDurationMs: fc.option(fc.nat(1000)), fails: fc.boolean() }),
      fc.constant({ watch: true }),
      fc.constant({ unwatch: true }),
    ),
  });

  it('one run at a time, bounded waiting, and no sample older than asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        test = new SamplerTest();
        const unwatch: (() => void)[] = [];
        let waiting = 0;

        const readAndCheck = async (maxAgeMs: number | undefined, signal: AbortSignal): Promise<void> => {
          const cameAt = test.clock.now();
          waiting++;
          const options = { ...(maxAgeMs !== undefined && { maxAgeMs }), signal };
          const answer = await test.sampler.read(options).catch((error: unknown) => error as Error);
          waiting--;
          const limitMs = Math.min(maxAgeMs ?? Infinity, 5000);
          const oldest = Math.min(cameAt, test.clock.now() - limitMs);
          const isRight =
            answer instanceof Error
              ? signal.aborted || answer.name === 'StatsSourceError'
              : answer.sampledAtMonotonicMs >= oldest;
          expect(isRight).toBe(true);
          expect(test.clock.now() - cameAt).toBeLessThanOrEqual(2 * DEADLINE_MS);
        };

        const readings: Promise<void>[] = [];
        for (const { pauseMs, act } of steps) {
          if ('read' in act) {
            const gone = new AbortController();
            if (act.leavesAfterMs !== null) test.clock.after(act.leavesAfterMs, () => gone.abort());
            readings.push(readAndCheck(act.read ?? undefined, gone.signal));
          } else if ('fails' in act) {
            test.docker.durationMs = act.durationMs;
            test.docker.psDurationMs = act.psDurationMs ?? undefined;
            test.docker.failure = act.fails ? DAEMON_DOWN : undefined;
          } else if ('watch' in act) {
            unwatch.push(test.sampler.watch({ sampled: () => undefined, failed: () => undefined }));
          } else {
            unwatch.pop()?.();
          }
          await test.clock.advance(pauseMs);
          expect(test.docker.mostAtOnce).toBeLessThanOrEqual(1);
        }
        unwatch.forEach((stop) => stop());
        await test.clock.advance(2 * DEADLINE_MS);
        await Promise.all(readings);
        expect(waiting).toBe(0);
        await test.clock.advance(60_000 + DEADLINE_MS);
        expect(test.docker.running).toBe(0);
        const { length } = test.docker.starts;
        await test.clock.advance(600_000);
        expect(test.docker.starts).toHaveLength(length);
      }),
      { numRuns: 300 },
    );
  });
});
