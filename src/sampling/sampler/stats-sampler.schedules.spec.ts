import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAEMON_DOWN, IGNORE_RUNS, SamplerTest } from '../../../test/support/sampling/sampler-test.js';

/** The maximum duration of a run: `docker stats`, then `docker ps`. */
const DEADLINE_MS = 15_000 + 1000;
const MAX_AGE_MS = 5000;
const FAILURE_TTL_MS = 1000;
const CLIENTS = ['a', 'b', 'c'] as const;

const read = fc.record({
  client: fc.constantFrom(...CLIENTS, undefined),
  maxAgeMs: fc.option(fc.nat(8000), { nil: undefined }),
  maxStaleMs: fc.option(fc.nat(20_000), { nil: undefined }),
  abortsAfterMs: fc.option(fc.nat(4000), { nil: undefined }),
});
const poller = fc.record({
  client: fc.constantFrom(...CLIENTS),
  periodMs: fc.oneof(fc.integer({ min: 500, max: 5000 }), fc.integer({ min: 5000, max: 60_000 })),
  requests: fc.integer({ min: 3, max: 8 }),
});
const step = fc.record({
  pauseMs: fc.oneof(fc.nat(50), fc.nat(5000), fc.nat(100_000)),
  act: fc.oneof(
    { weight: 4, arbitrary: fc.record({ read }) },
    { weight: 4, arbitrary: fc.record({ poller }) },
    fc.record({ durationMs: fc.nat(15_000), psDurationMs: fc.option(fc.nat(1000)), fails: fc.boolean() }),
    fc.constant({ watch: true }),
    fc.constant({ unwatch: true }),
  ),
});

it('StatsSampler keeps its promises, for random mixes of clients', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const test = new SamplerTest();
      const unwatch: (() => void)[] = [];
      const reads: Promise<void>[] = [];
      let waiting = 0;
      let lastFailureAt = -Infinity;
      test.sampler.observe({
        ...IGNORE_RUNS,
        onStart: () => expect(test.clock.now() - lastFailureAt).toBeGreaterThanOrEqual(FAILURE_TTL_MS),
        onFailure: () => void (lastFailureAt = test.clock.now()),
      });

      const readAndCheck = async (options: Parameters<SamplerTest['getSample']>[0] = {}): Promise<void> => {
        const calledAt = test.clock.now();
        waiting++;
        const result = await test.getSample(options).catch((error: unknown) => error as Error);
        waiting--;
        const limitMs = Math.min(options.maxAgeMs ?? Infinity, MAX_AGE_MS) + (options.maxStaleMs ?? 0);
        const oldest = Math.min(calledAt, test.clock.now() - limitMs);
        const isAsPromised =
          result instanceof Error
            ? options.signal?.aborted || result.name === 'StatsSourceError'
            : result.sampledAtMonotonicMs >= oldest;
        expect(isAsPromised).toBe(true);
        expect(test.clock.now() - calledAt).toBeLessThanOrEqual(2 * DEADLINE_MS);
      };

      for (const { pauseMs, act } of steps) {
        if ('read' in act) {
          const controller = new AbortController();
          const { abortsAfterMs, client, ...freshness } = act.read;
          if (abortsAfterMs !== undefined) test.clock.after(abortsAfterMs, () => controller.abort());
          reads.push(
            readAndCheck({
              ...freshness,
              signal: controller.signal,
              ...(client !== undefined && { client }),
            }),
          );
        } else if ('poller' in act) {
          const { client, periodMs, requests } = act.poller;
          for (let n = 0; n < requests; n++) {
            test.clock.after(n * periodMs, () => reads.push(readAndCheck({ client })));
          }
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
      await test.clock.advance(8 * 60_000); // until the last poller ends
      await Promise.all(reads);
      expect(waiting).toBe(0);
      await test.clock.advance(360_000 + DEADLINE_MS);
      expect(test.docker.running).toBe(0);
      const { length } = test.docker.startTimes;
      await test.clock.advance(3_600_000);
      expect(test.docker.startTimes).toHaveLength(length);
      expect(test.clock.timerCount).toBe(0);
    }),
    { numRuns: 300 },
  );
});
