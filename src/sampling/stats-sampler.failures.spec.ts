import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DAEMON_DOWN, SamplerTest } from '../../test/support/sampler-test.js';

let test: SamplerTest;
beforeEach(() => {
  test = new SamplerTest();
});

describe('a failed run', () => {
  beforeEach(() => {
    test.docker.failure = DAEMON_DOWN;
    test.docker.durationMs = 30;
    vi.spyOn(Logger.prototype, 'error').mockImplementation((line) => void said.push(line));
    vi.spyOn(Logger.prototype, 'log').mockImplementation((line) => void said.push(line));
    said.length = 0;
  });
  const said: unknown[] = [];

  it('is the answer to all who wait', async () => {
    const outcomes = [test.read(), test.read(), test.read({ maxAgeMs: 0 })];
    await test.clock.advance(30);
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ code: 'docker_unreachable' })));
    expect(test.docker.starts).toHaveLength(1);
  });

  it('is remembered for a second, so that readers start no run each', async () => {
    test.read();
    await test.clock.advance(30);
    for (let n = 0; n < 99; n++) {
      expect(await test.readAtOnce({ maxAgeMs: n % 2 ? 0 : 5000 })).toEqual({ code: 'docker_unreachable' });
      await test.clock.advance(10);
    }
    expect(test.docker.starts).toHaveLength(1);
  });

  it('is followed by another run for the sake of a reader whom it is told', async () => {
    test = new SamplerTest({ STATS_IDLE_AFTER_MS: '3000' });
    test.docker.failure = DAEMON_DOWN;
    test.docker.durationMs = 10_000;
    test.read();
    await test.clock.advance(10_000);
    expect(await test.readAtOnce()).toEqual({ code: 'docker_unreachable' });
    await test.clock.advance(1000);
    expect(test.docker.starts).toHaveLength(2);
  });

  it('is forgotten after that', async () => {
    test.read();
    await test.clock.advance(1030);
    test.docker.failure = undefined;
    const outcome = test.read();
    await test.clock.advance(30);
    expect(outcome).toEqual({ run: 'run-2' });
  });

  it('does not take the place of a sample that is fresh enough', async () => {
    test.docker.failure = undefined;
    test.read();
    await test.clock.advance(30);
    test.docker.failure = DAEMON_DOWN;
    await test.clock.advance(2100); // the second run has failed
    expect(await test.readAtOnce()).toEqual({ run: 'run-1' });
    expect(await test.readAtOnce({ maxAgeMs: 1000 })).toEqual({ code: 'docker_unreachable' });
  });

  it('is never hidden behind a sample past its max age', async () => {
    test.docker.failure = undefined;
    test.read();
    await test.clock.advance(30);
    test.docker.failure = DAEMON_DOWN;
    await test.clock.advance(5001);
    const outcome = test.read();
    await test.clock.advance(30);
    expect(outcome).toEqual({ code: 'docker_unreachable' });
  });

  it('is tried again in the background, and readers are served again', async () => {
    test.read();
    await test.clock.advance(5000);
    expect(test.docker.starts.length).toBe(3);
    test.docker.failure = undefined;
    await test.clock.advance(2000);
    expect((await test.readAtOnce()).run).toBe('run-4');
  });

  it('of a daemon that hangs is not followed by the next one at once', async () => {
    test.docker.durationMs = 15_000;
    test.read();
    await test.clock.advance(15_999);
    expect(test.docker.starts).toHaveLength(1);
    await test.clock.advance(1);
    expect(test.docker.starts).toHaveLength(2);
  });

  it('is logged once for each cause, and its end too', async () => {
    test.read();
    await test.clock.advance(20_000);
    test.docker.failure = 'Error response from daemon: something broke';
    await test.clock.advance(10_000);
    test.docker.failure = undefined;
    await test.clock.advance(10_000);
    expect(said).toEqual([
      expect.stringMatching(/^docker_unreachable: Cannot connect .*\. To fix: start Docker/),
      expect.stringMatching(/^docker_failed: Error response from daemon: something broke\. To fix: /),
      'docker stats gives figures again',
    ]);
  });

  it('by a bug of ours is shared, remembered and logged alike', async () => {
    test.docker.bug = new TypeError('a bug');
    const readings = [test.sampler.read(), test.sampler.read()];
    for (const reading of readings) await expect(reading).rejects.toThrow('a bug');
    await expect(test.sampler.read()).rejects.toThrow('a bug');
    expect(said).toEqual([new TypeError('a bug')]);
  });
});
