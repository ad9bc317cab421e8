import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DAEMON_DOWN, SamplerTest } from '../../../test/support/sampling/sampler-test.js';

let test: SamplerTest;
beforeEach(() => {
  test = new SamplerTest();
});

describe('StatsSampler, after a failed run', () => {
  beforeEach(() => {
    test.docker.failure = DAEMON_DOWN;
    test.docker.durationMs = 30;
    vi.spyOn(Logger.prototype, 'error').mockImplementation((line) => void logged.push(line));
    vi.spyOn(Logger.prototype, 'log').mockImplementation((line) => void logged.push(line));
    logged.length = 0;
  });
  const logged: unknown[] = [];

  it('rejects every waiting read with its error', async () => {
    const outcomes = [test.read(), test.read(), test.read({ maxAgeMs: 0 })];
    await test.clock.advance(30);
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ code: 'docker_unreachable' })));
    expect(test.docker.startTimes).toHaveLength(1);
  });

  it('returns the error for a second without starting another run', async () => {
    test.read();
    await test.clock.advance(30);
    for (let n = 0; n < 99; n++) {
      expect(await test.readAtOnce({ maxAgeMs: n % 2 ? 0 : 5000 })).toEqual({ code: 'docker_unreachable' });
      await test.clock.advance(10);
    }
    expect(test.docker.startTimes).toHaveLength(1);
  });

  it('starts a new run for a read after that second', async () => {
    test.read();
    await test.clock.advance(1030);
    test.docker.failure = undefined;
    const outcome = test.read();
    await test.clock.advance(30);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('still returns a sample that is fresh enough', async () => {
    test.docker.failure = undefined;
    test.read();
    await test.clock.advance(30);
    test.docker.failure = DAEMON_DOWN;
    await test.clock.advance(1);
    test.read({ maxAgeMs: 0 });
    await test.clock.advance(999);
    expect(await test.readAtOnce()).toEqual({ run: 'run-1' });
    expect(await test.readAtOnce({ maxAgeMs: 999 })).toEqual({ code: 'docker_unreachable' });
  });

  it('never returns a stale sample instead of the error', async () => {
    test.docker.failure = undefined;
    test.read();
    await test.clock.advance(30);
    test.docker.failure = DAEMON_DOWN;
    await test.clock.advance(5001);
    const outcome = test.read();
    await test.clock.advance(30);
    expect(outcome).toEqual({ code: 'docker_unreachable' });
  });

  it('retries for a watcher until a run succeeds', async () => {
    test.sampler.watch({ onSample: () => undefined, onFailure: () => undefined });
    await test.clock.advance(5000);
    expect(test.docker.startTimes.length).toBe(3);
    test.docker.failure = undefined;
    await test.clock.advance(2000);
    expect((await test.readAtOnce()).run).toBe('run-4');
  });

  it('waits a second before it retries a daemon that hangs', async () => {
    test.docker.durationMs = 15_000;
    test.sampler.watch({ onSample: () => undefined, onFailure: () => undefined });
    await test.clock.advance(15_999);
    expect(test.docker.startTimes).toHaveLength(1);
    await test.clock.advance(1);
    expect(test.docker.startTimes).toHaveLength(2);
  });

  it('logs each cause once, and the recovery', async () => {
    test.sampler.watch({ onSample: () => undefined, onFailure: () => undefined });
    await test.clock.advance(20_000);
    test.docker.failure = 'Error response from daemon: something broke';
    await test.clock.advance(10_000);
    test.docker.failure = undefined;
    await test.clock.advance(10_000);
    expect(logged).toEqual([
      expect.stringMatching(/^docker_unreachable: Cannot connect .*\. To fix: start Docker/),
      expect.stringMatching(/^docker_failed: Error response from daemon: something broke\. To fix: /),
      'Recovered: docker stats works again',
    ]);
  });

  it('shares, keeps and logs an unexpected error in the same way', async () => {
    test.docker.thrownError = new TypeError('a bug');
    const reads = [test.getSample(), test.getSample()];
    for (const read of reads) await expect(read).rejects.toThrow('a bug');
    await expect(test.getSample()).rejects.toThrow('a bug');
    expect(logged).toEqual([new TypeError('a bug')]);
  });
});
