import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HostsTest, toOutcome } from '../../../test/support/hosts/hosts-test.js';

const DAEMON_DOWN = 'Cannot connect to the Docker daemon';

let test: HostsTest<'a' | 'b'>;
beforeEach(() => {
  test = new HostsTest(['a', 'b']);
  test.dockers.b.durationMs = 2000;
});

describe('MergedReader.watch', () => {
  let events: unknown[];
  let unwatch: () => void;
  function watch(): void {
    events = [];
    unwatch = test.reader.watch({
      onSample: (sample) => events.push(toOutcome(sample)),
      onFailure: (error) => events.push((error as { code: unknown }).code),
    });
  }

  it('passes on what the hosts have together, when all have something new', async () => {
    watch();
    await test.clock.advance(2000);
    expect(events).toEqual([{ a: 'run-1', b: 'run-1' }]);
    await test.clock.advance(2000);
    expect(events).toEqual([
      { a: 'run-1', b: 'run-1' },
      { a: 'run-2', b: 'run-2' },
    ]);
  });

  it('passes on a result after a second at the latest', async () => {
    test.dockers.b.durationMs = 4000;
    watch();
    await test.clock.advance(2499);
    expect(events).toEqual([]);
    await test.clock.advance(1);
    expect(events).toEqual([{ a: 'run-1', b: 'docker_timeout' }]);
  });

  it('passes on the others at once while a host hangs', async () => {
    test.dockers.b.durationMs = 15_000;
    watch();
    await test.clock.advance(6000);
    events.length = 0;
    await test.clock.advance(2000);
    expect(events).toEqual([{ a: 'run-4', b: 'docker_timeout' }]);
  });

  it('passes on a failure only if all hosts fail', async () => {
    test.dockers.a.failure = DAEMON_DOWN;
    test.dockers.b.failure = DAEMON_DOWN;
    watch();
    await test.clock.advance(2000);
    expect(events).toEqual(['docker_unreachable']);
  });

  it('passes a second watcher the current sample at once', async () => {
    watch();
    await test.clock.advance(2000);
    const first = unwatch;
    watch();
    expect(events).toEqual([{ a: 'run-1', b: 'run-1' }]);
    unwatch();
    first();
    const { startTimes } = test.dockers.a;
    await test.clock.advance(10_000);
    expect(startTimes.length).toBeLessThanOrEqual(2);
    expect(test.clock.timerCount).toBe(0);
  });

  it('passes on no failure while a host may still give the first figures', async () => {
    test.dockers.a.failure = DAEMON_DOWN;
    test.dockers.a.durationMs = 30;
    watch();
    await test.clock.advance(2000);
    expect(events).toEqual([{ a: 'docker_unreachable', b: 'run-1' }]);
  });

  it('passes on nothing when a host fails again', async () => {
    test = new HostsTest(['a', 'b'], { STATS_MAX_AGE_MS: '30000' });
    test.dockers.a.failure = DAEMON_DOWN;
    test.dockers.a.durationMs = 30;
    test.dockers.b.durationMs = 4000;
    watch();
    await test.clock.advance(7900);
    expect(test.dockers.a.startTimes.length).toBeGreaterThan(3);
    expect(events).toEqual([{ a: 'docker_unreachable', b: 'run-1' }]);
  });

  it('passes on nothing to a watcher that another one has removed', async () => {
    test.reader.watch({ onSample: () => unwatch(), onFailure: () => undefined });
    watch();
    await test.clock.advance(2000);
    expect(events).toEqual([]);
  });

  it('does not take the error of a watcher for a failure of the hosts', async () => {
    watch();
    await test.clock.advance(2000);
    const onFailure = vi.fn<() => void>();
    expect(() => test.reader.watch({ onSample: throwBug, onFailure })).toThrow('a bug');
    expect(onFailure).not.toHaveBeenCalled();
  });
});

function throwBug(): never {
  throw new Error('a bug');
}
