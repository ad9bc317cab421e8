import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.js';
import { FakeDocker } from '../../test/support/fake-docker.js';
import { readSettings } from '../config/read-settings.js';
import { DockerStatsService } from './docker-stats.service.js';
import type { StatsSample } from './stats-sample.js';
import { type ReadOptions, StatsSampler } from './stats-sampler.js';

/** Runs take 1.5 s; the settings are the defaults: interval 2 s, max age 5 s, idle after 60 s. */
const RUN_MS = 1500;
const DAEMON_DOWN = 'Cannot connect to the Docker daemon';

function setUp(): { clock: FakeClock; docker: FakeDocker; sampler: StatsSampler } {
  const clock = new FakeClock();
  const docker = new FakeDocker(clock);
  const settings = readSettings({});
  return {
    clock,
    docker,
    sampler: new StatsSampler(new DockerStatsService(docker, settings, clock), settings, clock),
  };
}

let { clock, docker, sampler } = setUp();
beforeEach(() => {
  ({ clock, docker, sampler } = setUp());
});

/** What a read has come to, so far. */
interface Outcome {
  run?: string | undefined;
  code?: unknown;
}

/** Reads, and tells what has come of it; a sample is known by the run that it is of. */
function read(options?: ReadOptions): Outcome {
  const outcome: Outcome = {};
  sampler.read(options).then(
    ({ containers }) => (outcome.run = containers[0]?.name),
    (error: unknown) => (outcome.code = codeOf(error)),
  );
  return outcome;
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

/** The answer to a read that needs no waiting. */
async function readAtOnce(options?: ReadOptions): Promise<Outcome> {
  const outcome = read(options);
  await clock.advance(0);
  return outcome;
}

/** Reads and waits for a sample, of which the age is then 0. */
async function sampleNow(): Promise<StatsSample> {
  const reading = sampler.read();
  await clock.advance(RUN_MS);
  return reading;
}

describe('a reader', () => {
  it('waits for a run when there is no sample', async () => {
    const outcome = read();
    await clock.advance(RUN_MS - 1);
    expect(outcome).toEqual({});
    await clock.advance(1);
    expect(outcome).toEqual({ run: 'run-1' });
  });

  it('is answered at once while the sample is not past its max age', async () => {
    docker.durationMs = 15_000; // no later sample comes between
    const outcome = read();
    await clock.advance(15_000);
    expect(outcome).toEqual({ run: 'run-1' });
    await clock.advance(5000);
    expect(await readAtOnce()).toEqual({ run: 'run-1' });
    await clock.advance(1);
    expect(await readAtOnce()).toEqual({});
  });

  it('shares the run in flight with all others', async () => {
    const outcomes = [read(), read()];
    await clock.advance(500);
    outcomes.push(read({ maxAgeMs: 0 }), read({ maxAgeMs: 1000 }));
    await clock.advance(RUN_MS - 500);
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => ({ run: 'run-1' })));
    expect(docker.starts).toHaveLength(1);
  });

  it('who asks for a sample of a certain age gets none that is older', async () => {
    await sampleNow();
    await clock.advance(1000);
    expect(await readAtOnce({ maxAgeMs: 1000 })).toEqual({ run: 'run-1' });
    const outcome = read({ maxAgeMs: 999 });
    await clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('cannot ask for a sample past its max age', async () => {
    docker.durationMs = 15_000;
    read();
    await clock.advance(20_001);
    expect(await readAtOnce({ maxAgeMs: 3_600_000 })).toEqual({});
  });

  it('who wants a sample that ends after it came is not given the one at hand', async () => {
    await sampleNow();
    await clock.advance(1);
    const outcome = read({ maxAgeMs: 0 });
    await clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('who wants a sample that ends after it came waits for the next run when docker has ended already', async () => {
    docker.psDurationMs = 100;
    const early = read({ maxAgeMs: 0 });
    await clock.advance(RUN_MS + 10); // docker ps runs
    const late = read({ maxAgeMs: 0 });
    const easy = read({ maxAgeMs: 100 });
    await clock.advance(90);
    expect([early, easy, late]).toEqual([{ run: 'run-1' }, { run: 'run-1' }, {}]);
    await clock.advance(RUN_MS + 100);
    expect(late).toEqual({ run: 'run-2' });
    expect(docker.mostAtOnce).toBe(1);
  });

  it.each([0, 5000])(
    'who comes as docker ends, before its rows are read, gets its sample (max age %i)',
    async (maxAgeMs) => {
      const outcomes: Outcome[] = [];
      clock.after(RUN_MS, () => outcomes.push(read({ maxAgeMs }))); // due before the end of the run
      read();
      await clock.advance(RUN_MS);
      expect(outcomes).toEqual([{ run: 'run-1' }]);
      expect(docker.starts).toHaveLength(1);
    },
  );

  it('who comes as the others are answered is answered too', async () => {
    const outcomes: Outcome[] = [];
    sampler.watch({ sampled: () => outcomes.push(read(), read({ maxAgeMs: 0 })), failed: () => undefined });
    await clock.advance(RUN_MS);
    expect(outcomes).toEqual([{ run: 'run-1' }, { run: 'run-1' }]);
    expect(docker.starts).toHaveLength(1);
  });

  it('who leaves is forgotten, and the others are answered', async () => {
    const [gone, patient] = [new AbortController(), read()];
    const leaving = sampler.read({ signal: gone.signal });
    const reason = new Error('gone');
    gone.abort(reason);
    await expect(leaving).rejects.toBe(reason);
    await clock.advance(RUN_MS);
    expect(patient).toEqual({ run: 'run-1' });
    expect(docker.starts).toHaveLength(1);
  });

  it('who wanted a later sample and has left causes no run', async () => {
    docker.psDurationMs = 100;
    const settings = readSettings({ STATS_IDLE_AFTER_MS: '0' });
    sampler = new StatsSampler(new DockerStatsService(docker, settings, clock), settings, clock);
    read();
    await clock.advance(RUN_MS + 10); // docker ps runs
    const gone = new AbortController();
    const leaving = sampler.read({ maxAgeMs: 0, signal: gone.signal });
    gone.abort(new Error('gone'));
    await expect(leaving).rejects.toThrow('gone');
    await clock.advance(10_000);
    expect(docker.starts).toHaveLength(1);
  });

  it('leaves nothing on the signal that it brought', async () => {
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    void sampler.read({ signal });
    await clock.advance(RUN_MS);
    expect(removed.mock.calls).toEqual(added.mock.calls);
    expect(added).toHaveBeenCalledTimes(1);
  });

  it('who has left already starts no run', async () => {
    await expect(sampler.read({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(docker.starts).toHaveLength(0);
  });
});

describe('background runs', () => {
  it('follow one another while there is demand', async () => {
    await sampleNow();
    await clock.advance(10_000);
    expect(docker.starts.map((start) => start - (docker.starts[0] ?? 0))).toEqual([
      0, 2000, 4000, 6000, 8000, 10_000,
    ]);
  });

  it('start at least the interval apart', async () => {
    docker.durationMs = 300;
    read();
    await clock.advance(5000);
    expect(docker.starts.map((start) => start - (docker.starts[0] ?? 0))).toEqual([0, 2000, 4000]);
  });

  it('go on after a run that a reader could not wait for', async () => {
    docker.durationMs = 300;
    read();
    await clock.advance(500); // the next run is planned
    read({ maxAgeMs: 0 });
    await clock.advance(6000);
    const [first = 0] = docker.starts;
    expect(docker.starts.map((start) => start - first)).toEqual([0, 500, 2500, 4500, 6500]);
  });

  it('stop when nobody has asked for long enough, and leave nothing that waits', async () => {
    await sampleNow();
    await clock.advance(70_000);
    const { length } = docker.starts;
    expect(docker.starts.at(-1)).toBeLessThan((docker.starts[0] ?? 0) + 60_000);
    await clock.advance(3_600_000);
    expect(docker.starts).toHaveLength(length);
    expect(clock.timerCount).toBe(0);
  });

  it('stop also when the demand ends while one is in flight', async () => {
    docker.durationMs = 15_000;
    read();
    await clock.advance(59_999); // the fourth run has begun
    expect(docker.running).toBe(1);
    await clock.advance(60_000);
    expect(docker.starts).toHaveLength(4);
    expect(docker.running).toBe(0);
  });

  it('begin again with the next reader', async () => {
    await sampleNow();
    await clock.advance(600_000);
    const { length } = docker.starts;
    const outcome = read();
    await clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: `run-${length + 1}` });
    await clock.advance(RUN_MS);
    expect(docker.starts.length).toBe(length + 2);
  });

  it('begin again with a reader whom the last sample satisfies', async () => {
    const settings = readSettings({ STATS_IDLE_AFTER_MS: '3000' });
    sampler = new StatsSampler(new DockerStatsService(docker, settings, clock), settings, clock);
    await sampleNow();
    await clock.advance(6000);
    const { length } = docker.starts;
    expect(docker.running).toBe(0);
    expect((await readAtOnce()).run).toBe(`run-${length}`);
    expect(docker.running).toBe(1);
  });

  it('do not count as demand', async () => {
    await sampleNow();
    await clock.advance(120_000);
    expect(docker.running).toBe(0);
  });
});

describe('a failed run', () => {
  beforeEach(() => {
    docker.failure = DAEMON_DOWN;
    docker.durationMs = 30;
    vi.spyOn(Logger.prototype, 'error').mockImplementation((line) => void said.push(line));
    vi.spyOn(Logger.prototype, 'log').mockImplementation((line) => void said.push(line));
    said.length = 0;
  });
  const said: unknown[] = [];

  it('is the answer to all who wait', async () => {
    const outcomes = [read(), read(), read({ maxAgeMs: 0 })];
    await clock.advance(30);
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ code: 'docker_unreachable' })));
    expect(docker.starts).toHaveLength(1);
  });

  it('is remembered for a second, so that readers start no run each', async () => {
    read();
    await clock.advance(30);
    for (let n = 0; n < 99; n++) {
      expect(await readAtOnce({ maxAgeMs: n % 2 ? 0 : 5000 })).toEqual({ code: 'docker_unreachable' });
      await clock.advance(10);
    }
    expect(docker.starts).toHaveLength(1);
  });

  it('is followed by another run for the sake of a reader whom it is told', async () => {
    const settings = readSettings({ STATS_IDLE_AFTER_MS: '3000' });
    sampler = new StatsSampler(new DockerStatsService(docker, settings, clock), settings, clock);
    docker.durationMs = 10_000;
    read();
    await clock.advance(10_000);
    expect(await readAtOnce()).toEqual({ code: 'docker_unreachable' });
    await clock.advance(1000);
    expect(docker.starts).toHaveLength(2);
  });

  it('is forgotten after that', async () => {
    read();
    await clock.advance(1030);
    docker.failure = undefined;
    const outcome = read();
    await clock.advance(30);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('does not take the place of a sample that is fresh enough', async () => {
    docker.failure = undefined;
    read();
    await clock.advance(30);
    docker.failure = DAEMON_DOWN;
    await clock.advance(2100); // the second run has failed
    expect(await readAtOnce()).toEqual({ run: 'run-1' });
    expect(await readAtOnce({ maxAgeMs: 1000 })).toEqual({ code: 'docker_unreachable' });
  });

  it('is never hidden behind a sample past its max age', async () => {
    docker.failure = undefined;
    read();
    await clock.advance(30);
    docker.failure = DAEMON_DOWN;
    await clock.advance(5001);
    const outcome = read();
    await clock.advance(30);
    expect(outcome).toEqual({ code: 'docker_unreachable' });
  });

  it('is tried again in the background, and readers are served again', async () => {
    read();
    await clock.advance(5000);
    expect(docker.starts.length).toBe(3);
    docker.failure = undefined;
    await clock.advance(2000);
    expect((await readAtOnce()).run).toBe('run-4');
  });

  it('of a daemon that hangs is not followed by the next one at once', async () => {
    docker.durationMs = 15_000;
    read();
    await clock.advance(15_999);
    expect(docker.starts).toHaveLength(1);
    await clock.advance(1);
    expect(docker.starts).toHaveLength(2);
  });

  it('is logged once for each cause, and its end too', async () => {
    read();
    await clock.advance(20_000);
    docker.failure = 'Error response from daemon: something broke';
    await clock.advance(10_000);
    docker.failure = undefined;
    await clock.advance(10_000);
    expect(said).toEqual([
      expect.stringMatching(/^docker_unreachable: Cannot connect .*; to mend it, start Docker/),
      expect.stringMatching(/^docker_failed: Error response from daemon: something broke; to mend it, /),
      'docker stats gives figures again',
    ]);
  });

  it('by a bug of ours is shared, remembered and logged alike', async () => {
    docker.bug = new TypeError('a bug');
    const readings = [sampler.read(), sampler.read()];
    for (const reading of readings) await expect(reading).rejects.toThrow('a bug');
    await expect(sampler.read()).rejects.toThrow('a bug');
    expect(said).toEqual([expect.stringContaining('TypeError: a bug\n')]);
  });
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
    sampler.watch(watcher);
    await clock.advance(6500);
    expect(told).toEqual([{ run: 'run-1' }, { run: 'run-2' }, { run: 'run-3' }]);
  });

  it('is told the sample at hand at once, if it is fresh', async () => {
    await sampleNow();
    sampler.watch(watcher);
    expect(told).toEqual([{ run: 'run-1' }]);
  });

  it('is not told a sample past its max age', async () => {
    docker.durationMs = 15_000;
    read();
    await clock.advance(20_001);
    sampler.watch(watcher);
    expect(told).toEqual([]);
  });

  it('is told a failure, at once when it has just been, and what comes after', async () => {
    docker.failure = DAEMON_DOWN;
    read();
    await clock.advance(RUN_MS);
    sampler.watch(watcher);
    expect(told).toEqual([{ code: 'docker_unreachable' }]);
    docker.failure = undefined;
    await clock.advance(1000 + RUN_MS);
    expect(told).toEqual([{ code: 'docker_unreachable' }, { run: 'run-2' }]);
  });

  it('is told a sample that is fresh, and not a failure since', async () => {
    await sampleNow();
    docker.failure = DAEMON_DOWN;
    await clock.advance(2100);
    sampler.watch(watcher);
    expect(told).toEqual([{ run: 'run-1' }]);
  });

  it('gets a run at once when there is nothing to tell, also before the next one would be due', async () => {
    const settings = readSettings({ STATS_INTERVAL_MS: '30000', STATS_MAX_AGE_MS: '30000' });
    sampler = new StatsSampler(new DockerStatsService(docker, settings, clock), settings, clock);
    docker.failure = DAEMON_DOWN;
    read();
    await clock.advance(RUN_MS + 1000);
    docker.failure = undefined;
    sampler.watch(watcher);
    await clock.advance(RUN_MS);
    expect(told).toEqual([{ run: 'run-2' }]);
  });

  it('is not told a failure of long ago', async () => {
    const settings = readSettings({ STATS_IDLE_AFTER_MS: '0' });
    sampler = new StatsSampler(new DockerStatsService(docker, settings, clock), settings, clock);
    docker.failure = DAEMON_DOWN;
    read();
    await clock.advance(RUN_MS + 1000);
    sampler.watch(watcher);
    expect(told).toEqual([]);
  });

  it('is demand when it stops watching, once', async () => {
    const stop = sampler.watch(watcher);
    await clock.advance(100_000);
    stop();
    await clock.advance(50_000);
    stop();
    expect(docker.running + clock.timerCount).toBeGreaterThan(0);
    await clock.advance(15_000);
    expect(docker.running + clock.timerCount).toBe(0);
  });

  it('is demand for as long as it watches, and nothing after', async () => {
    const stop = sampler.watch(watcher);
    await clock.advance(600_000);
    expect(docker.starts.length).toBeGreaterThan(290);
    stop();
    stop();
    await clock.advance(70_000);
    const { length } = docker.starts;
    const heard = told.length;
    await clock.advance(600_000);
    expect(docker.starts).toHaveLength(length);
    expect(told).toHaveLength(heard);
  });
});

describe('at the end of the service', () => {
  it('no run begins of itself', async () => {
    await sampleNow();
    sampler.watch({ sampled: () => undefined, failed: () => undefined });
    sampler.onModuleDestroy();
    expect(clock.timerCount).toBe(0);
    const { length } = docker.starts;
    await clock.advance(600_000);
    expect(docker.starts).toHaveLength(length);
    expect(clock.timerCount).toBe(0);
  });

  it('who waits still gets the sample of the run in flight', async () => {
    const outcome = read();
    await clock.advance(1000);
    sampler.onModuleDestroy();
    await clock.advance(1000);
    expect(outcome).toEqual({ run: 'run-1' });
    expect(docker.starts).toHaveLength(1);
  });

  it('who waits is told when the runner ends the run, and no second one begins', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error');
    const outcome = read();
    await clock.advance(1000);
    sampler.onModuleDestroy();
    docker.abort();
    await clock.advance(600_000);
    expect(outcome).toEqual({ code: 'docker_failed' });
    expect(docker.starts).toHaveLength(1);
    expect(logged).not.toHaveBeenCalled();
  });
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
        ({ clock, docker, sampler } = setUp());
        const unwatch: (() => void)[] = [];
        let waiting = 0;

        const readAndCheck = async (maxAgeMs: number | undefined, signal: AbortSignal): Promise<void> => {
          const cameAt = clock.now();
          waiting++;
          const options = { ...(maxAgeMs !== undefined && { maxAgeMs }), signal };
          const answer = await sampler.read(options).catch((error: unknown) => error as Error);
          waiting--;
          const limitMs = Math.min(maxAgeMs ?? Infinity, 5000);
          const oldest = Math.min(cameAt, clock.now() - limitMs);
          const isRight =
            answer instanceof Error
              ? signal.aborted || answer.name === 'DockerError'
              : answer.sampledAtMonotonicMs >= oldest;
          expect(isRight).toBe(true);
          expect(clock.now() - cameAt).toBeLessThanOrEqual(2 * DEADLINE_MS);
        };

        const readings: Promise<void>[] = [];
        for (const { pauseMs, act } of steps) {
          if ('read' in act) {
            const gone = new AbortController();
            if (act.leavesAfterMs !== null) clock.after(act.leavesAfterMs, () => gone.abort());
            readings.push(readAndCheck(act.read ?? undefined, gone.signal));
          } else if ('fails' in act) {
            docker.durationMs = act.durationMs;
            docker.psDurationMs = act.psDurationMs ?? undefined;
            docker.failure = act.fails ? DAEMON_DOWN : undefined;
          } else if ('watch' in act) {
            unwatch.push(sampler.watch({ sampled: () => undefined, failed: () => undefined }));
          } else {
            unwatch.pop()?.();
          }
          await clock.advance(pauseMs);
          expect(docker.mostAtOnce).toBeLessThanOrEqual(1);
        }
        unwatch.forEach((stop) => stop());
        await clock.advance(2 * DEADLINE_MS);
        await Promise.all(readings);
        expect(waiting).toBe(0);
        await clock.advance(60_000 + DEADLINE_MS);
        expect(docker.running).toBe(0);
        const { length } = docker.starts;
        await clock.advance(600_000);
        expect(docker.starts).toHaveLength(length);
      }),
      { numRuns: 300 },
    );
  });
});
