import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Outcome, RUN_MS, SamplerTest } from '../../test/support/sampler-test.js';

let test: SamplerTest;
beforeEach(() => {
  test = new SamplerTest();
});

describe('a reader', () => {
  it('waits for a run when there is no sample', async () => {
    const outcome = test.read();
    await test.clock.advance(RUN_MS - 1);
    expect(outcome).toEqual({});
    await test.clock.advance(1);
    expect(outcome).toEqual({ run: 'run-1' });
  });

  it('is answered at once while the sample is not past its max age', async () => {
    test.docker.durationMs = 15_000; // no later sample comes between
    const outcome = test.read();
    await test.clock.advance(15_000);
    expect(outcome).toEqual({ run: 'run-1' });
    await test.clock.advance(5000);
    expect(await test.readAtOnce()).toEqual({ run: 'run-1' });
    await test.clock.advance(1);
    expect(await test.readAtOnce()).toEqual({});
  });

  it('shares the run in flight with all others', async () => {
    const outcomes = [test.read(), test.read()];
    await test.clock.advance(500);
    outcomes.push(test.read({ maxAgeMs: 0 }), test.read({ maxAgeMs: 1000 }));
    await test.clock.advance(RUN_MS - 500);
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => ({ run: 'run-1' })));
    expect(test.docker.starts).toHaveLength(1);
  });

  it('who asks for a sample of a certain age gets none that is older', async () => {
    await test.sampleNow();
    await test.clock.advance(1000);
    expect(await test.readAtOnce({ maxAgeMs: 1000 })).toEqual({ run: 'run-1' });
    const outcome = test.read({ maxAgeMs: 999 });
    await test.clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('cannot ask for a sample past its max age', async () => {
    test.docker.durationMs = 15_000;
    test.read();
    await test.clock.advance(20_001);
    expect(await test.readAtOnce({ maxAgeMs: 3_600_000 })).toEqual({});
  });

  it('who wants a sample that ends after it came is not given the one at hand', async () => {
    await test.sampleNow();
    await test.clock.advance(1);
    const outcome = test.read({ maxAgeMs: 0 });
    await test.clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('who wants a sample that ends after it came waits for the next run when docker has ended already', async () => {
    test.docker.psDurationMs = 100;
    const early = test.read({ maxAgeMs: 0 });
    await test.clock.advance(RUN_MS + 10); // docker ps runs
    const late = test.read({ maxAgeMs: 0 });
    const easy = test.read({ maxAgeMs: 100 });
    await test.clock.advance(90);
    expect([early, easy, late]).toEqual([{ run: 'run-1' }, { run: 'run-1' }, {}]);
    await test.clock.advance(RUN_MS + 100);
    expect(late).toEqual({ run: 'run-2' });
    expect(test.docker.mostAtOnce).toBe(1);
  });

  it.each([0, 5000])(
    'who comes as docker ends, before its rows are read, gets its sample (max age %i)',
    async (maxAgeMs) => {
      const outcomes: Outcome[] = [];
      test.clock.after(RUN_MS, () => outcomes.push(test.read({ maxAgeMs }))); // due before the end of the run
      test.read();
      await test.clock.advance(RUN_MS);
      expect(outcomes).toEqual([{ run: 'run-1' }]);
      expect(test.docker.starts).toHaveLength(1);
    },
  );

  it('who comes as the others are answered is answered too', async () => {
    const outcomes: Outcome[] = [];
    test.sampler.watch({
      sampled: () => outcomes.push(test.read(), test.read({ maxAgeMs: 0 })),
      failed: () => undefined,
    });
    await test.clock.advance(RUN_MS);
    expect(outcomes).toEqual([{ run: 'run-1' }, { run: 'run-1' }]);
    expect(test.docker.starts).toHaveLength(1);
  });

  it('who leaves is forgotten, and the others are answered', async () => {
    const [gone, patient] = [new AbortController(), test.read()];
    const leaving = test.sampler.read({ signal: gone.signal });
    const reason = new Error('gone');
    gone.abort(reason);
    await expect(leaving).rejects.toBe(reason);
    await test.clock.advance(RUN_MS);
    expect(patient).toEqual({ run: 'run-1' });
    expect(test.docker.starts).toHaveLength(1);
  });

  it('who wanted a later sample and has left causes no run', async () => {
    test = new SamplerTest({ STATS_IDLE_AFTER_MS: '0' });
    test.docker.psDurationMs = 100;
    test.read();
    await test.clock.advance(RUN_MS + 10); // docker ps runs
    const gone = new AbortController();
    const leaving = test.sampler.read({ maxAgeMs: 0, signal: gone.signal });
    gone.abort(new Error('gone'));
    await expect(leaving).rejects.toThrow('gone');
    await test.clock.advance(10_000);
    expect(test.docker.starts).toHaveLength(1);
  });

  it('leaves nothing on the signal that it brought', async () => {
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    void test.sampler.read({ signal });
    await test.clock.advance(RUN_MS);
    expect(removed.mock.calls).toEqual(added.mock.calls);
    expect(added).toHaveBeenCalledTimes(1);
  });

  it('who has left already starts no run', async () => {
    await expect(test.sampler.read({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(test.docker.starts).toHaveLength(0);
  });
});

describe('background runs', () => {
  it('follow one another while there is demand', async () => {
    await test.sampleNow();
    await test.clock.advance(10_000);
    expect(test.starts).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
  });

  it('start at least the interval apart', async () => {
    test.docker.durationMs = 300;
    test.read();
    await test.clock.advance(5000);
    expect(test.starts).toEqual([0, 2000, 4000]);
  });

  it('go on after a run that a reader could not wait for', async () => {
    test.docker.durationMs = 300;
    test.read();
    await test.clock.advance(500); // the next run is planned
    test.read({ maxAgeMs: 0 });
    await test.clock.advance(6000);
    expect(test.starts).toEqual([0, 500, 2500, 4500, 6500]);
  });

  it('stop when nobody has asked for long enough, and leave nothing that waits', async () => {
    await test.sampleNow();
    await test.clock.advance(70_000);
    const { length } = test.docker.starts;
    expect(test.docker.starts.at(-1)).toBeLessThan((test.docker.starts[0] ?? 0) + 60_000);
    await test.clock.advance(3_600_000);
    expect(test.docker.starts).toHaveLength(length);
    expect(test.clock.timerCount).toBe(0);
  });

  it('stop also when the demand ends while one is in flight', async () => {
    test.docker.durationMs = 15_000;
    test.read();
    await test.clock.advance(59_999); // the fourth run has begun
    expect(test.docker.running).toBe(1);
    await test.clock.advance(60_000);
    expect(test.docker.starts).toHaveLength(4);
    expect(test.docker.running).toBe(0);
  });

  it('begin again with the next reader', async () => {
    await test.sampleNow();
    await test.clock.advance(600_000);
    const { length } = test.docker.starts;
    const outcome = test.read();
    await test.clock.advance(RUN_MS);
    expect(outcome).toEqual({ run: `run-${length + 1}` });
    await test.clock.advance(RUN_MS);
    expect(test.docker.starts.length).toBe(length + 2);
  });

  it('begin again with a reader whom the last sample satisfies', async () => {
    test = new SamplerTest({ STATS_IDLE_AFTER_MS: '3000' });
    await test.sampleNow();
    await test.clock.advance(6000);
    const { length } = test.docker.starts;
    expect(test.docker.running).toBe(0);
    expect((await test.readAtOnce()).run).toBe(`run-${length}`);
    expect(test.docker.running).toBe(1);
  });

  it('do not count as demand', async () => {
    await test.sampleNow();
    await test.clock.advance(120_000);
    expect(test.docker.running).toBe(0);
  });
});

describe('at the end of the service', () => {
  it('no run begins of itself', async () => {
    await test.sampleNow();
    test.sampler.watch({ sampled: () => undefined, failed: () => undefined });
    test.sampler.onModuleDestroy();
    expect(test.clock.timerCount).toBe(0);
    const { length } = test.docker.starts;
    await test.clock.advance(600_000);
    expect(test.docker.starts).toHaveLength(length);
    expect(test.clock.timerCount).toBe(0);
  });

  it('who waits still gets the sample of the run in flight', async () => {
    const outcome = test.read();
    await test.clock.advance(1000);
    test.sampler.onModuleDestroy();
    await test.clock.advance(1000);
    expect(outcome).toEqual({ run: 'run-1' });
    expect(test.docker.starts).toHaveLength(1);
  });

  it('who waits is told when the runner ends the run, and no second one begins', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error');
    const outcome = test.read();
    await test.clock.advance(1000);
    test.sampler.onModuleDestroy();
    test.docker.abort();
    await test.clock.advance(600_000);
    expect(outcome).toEqual({ code: 'docker_failed' });
    expect(test.docker.starts).toHaveLength(1);
    expect(logged).not.toHaveBeenCalled();
  });
});
