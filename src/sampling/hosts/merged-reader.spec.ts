import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HostsTest, type Outcome, toOutcome } from '../../../test/support/hosts/hosts-test.js';

const DAEMON_DOWN = 'Cannot connect to the Docker daemon';

let test: HostsTest<'a' | 'b'>;
beforeEach(() => {
  test = new HostsTest(['a', 'b']);
  test.dockers.b.durationMs = 2000;
});

describe('MergedReader', () => {
  it('waits for all hosts, and samples them at the same time', async () => {
    const outcome = test.read();
    await test.clock.advance(1999);
    expect(outcome.value).toBeUndefined();
    await test.clock.advance(1);
    expect(outcome.value).toEqual({ a: 'run-1', b: 'run-1' });
  });

  it('returns the age of the oldest sample', async () => {
    const pending = test.getSample();
    await test.clock.advance(2000);
    const { sampledAtMonotonicMs, durationMs, hosts } = await pending;
    expect(test.clock.now() - sampledAtMonotonicMs).toBe(500);
    expect(durationMs).toBe(2000);
    expect(hosts?.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('returns the same sample until a host has a new one', async () => {
    const pending = test.getSample();
    await test.clock.advance(2000);
    const first = await pending;
    expect(await test.getSample()).toBe(first);
    void test.get('a').sampler.waitForSample({ maxAgeMs: 0 });
    await test.clock.advance(1500);
    const second = await test.getSample();
    expect(second).not.toBe(first);
    expect(toOutcome(second)).toEqual({ a: 'run-2', b: 'run-1' });
  });

  it('waits only for the hosts whose sample is not fresh', async () => {
    void test.get('a').sampler.waitForSample();
    await test.clock.advance(1500);
    const outcome = test.read();
    await test.clock.advance(2000);
    expect(outcome.value).toEqual({ a: 'run-1', b: 'run-1' });
    expect(test.dockers.a.startTimes).toHaveLength(1);
  });

  it('stops waiting when the signal aborts, and leaves no timer', async () => {
    const abort = new AbortController();
    const outcome = test.read({}, abort.signal);
    await test.clock.advance(100);
    abort.abort(Object.assign(new Error('closed'), { code: 'closed' }));
    await test.clock.advance(0);
    expect(outcome.value).toEqual({ code: 'closed' });
    await test.clock.advance(2000);
    expect(test.clock.timerCount).toBe(0);
  });
});

describe('MergedReader, with a host that fails', () => {
  beforeEach(() => {
    test.dockers.b.failure = DAEMON_DOWN;
    test.dockers.b.durationMs = 30;
  });

  it('returns the others, and why this one has no figures', async () => {
    const outcome = test.read();
    await test.clock.advance(1500);
    expect(outcome.value).toEqual({ a: 'run-1', b: 'docker_unreachable' });
  });

  it('keeps the time since when it has no sample', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    const pending = test.getSample();
    await test.clock.advance(1500);
    vi.setSystemTime(9000);
    test.get('b').sampler.refresh();
    await test.clock.advance(30);
    expect(test.dockers.b.startTimes).toHaveLength(2);
    expect((await pending).hosts?.[1]?.failure?.since).toEqual(new Date(1000));
    expect((await test.getSample()).hosts?.[1]?.failure?.since).toEqual(new Date(1000));
  });

  it('does not wait for it again while requests come, and returns it as soon as it works', async () => {
    test.read();
    await test.clock.advance(1500);
    test.dockers.b.durationMs = 15_000; // the daemon hangs
    for (let second = 0; second < 30; second++) {
      test.get('a').sampler.refresh();
      await test.clock.advance(1500);
      expect(await test.readAtOnce()).toMatchObject({ b: 'docker_unreachable' });
    }
    expect(test.dockers.b.startTimes).toHaveLength(4);
    test.dockers.b.failure = undefined;
    test.dockers.b.durationMs = 30;
    await test.clock.advance(30_000);
    const outcome = test.read();
    await test.clock.advance(1500);
    expect(outcome.value).toEqual({
      a: expect.any(String) as string,
      b: expect.stringMatching(/^run-/) as string,
    });
  });

  it('waits for a new run if the failure is old', async () => {
    test.read();
    await test.clock.advance(1500);
    test.dockers.b.failure = undefined;
    await test.clock.advance(60_000);
    const outcome = test.read();
    await test.clock.advance(1500);
    expect(outcome.value).toEqual({ a: 'run-2', b: 'run-2' });
  });

  it('fails at once if all hosts have failed', async () => {
    test.dockers.a.failure = 'something broke';
    const outcome = test.read();
    await test.clock.advance(1500);
    expect(outcome.value).toEqual({ code: 'docker_failed' });
    await test.clock.advance(3000);
    expect(await test.readAtOnce()).toEqual({ code: 'docker_failed' });
    const error: unknown = await test.getSample().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: 'a: something broke; also without figures: b (docker_unreachable)',
      publicMessage: expect.stringMatching(
        /^a: The docker CLI failed; also .* b \(docker_unreachable\)\. To fix: /,
      ) as string,
    });
  });

  it('does not hide the other hosts behind a bug in the service', async () => {
    test.dockers.b.thrownError = new TypeError('a bug');
    const outcome = test.read();
    await test.clock.advance(1500);
    expect(outcome.value).toEqual({ a: 'run-1', b: 'docker_failed' });
  });
});

describe('MergedReader, with a host that is slow', () => {
  beforeEach(() => {
    test = new HostsTest(['a', 'b'], { HOST_WAIT_MS: '3000' });
    test.dockers.b.durationMs = 14_000;
  });

  it('waits for it at most HOST_WAIT_MS if another host has figures', async () => {
    const outcome = test.read();
    await test.clock.advance(2999);
    expect(outcome.value).toBeUndefined();
    await test.clock.advance(1);
    expect(outcome.value).toEqual({ a: 'run-1', b: 'docker_timeout' });
  });

  it('replaces a sample that becomes too old meanwhile', async () => {
    test = new HostsTest(['a', 'b'], { HOST_WAIT_MS: '5000' });
    test.dockers.b.durationMs = 14_000;
    void test.get('a').sampler.waitForSample();
    await test.clock.advance(5500); // 4 s old
    const outcome = test.read();
    await test.clock.advance(4999);
    expect(outcome.value).toBeUndefined();
    await test.clock.advance(1);
    expect(outcome.value).toEqual({ a: 'run-2', b: 'docker_timeout' });
  });

  it('does not wait for it again while its run goes on', async () => {
    test.read();
    await test.clock.advance(3000);
    const outcomes: (Outcome | undefined)[] = [];
    for (let n = 0; n < 5; n++) {
      test.get('a').sampler.refresh();
      await test.clock.advance(2000);
      outcomes.push(await test.readAtOnce());
    }
    expect(outcomes).toEqual([2, 3, 4, 5, 6].map((run) => ({ a: `run-${run}`, b: 'docker_timeout' })));
    expect(test.dockers.b.startTimes).toHaveLength(1);
  });

  it('returns its sample when it is ready', async () => {
    test.read();
    await test.clock.advance(14_000);
    const outcome = test.read();
    await test.clock.advance(1500);
    expect(outcome.value).toEqual({ a: 'run-2', b: 'run-1' });
  });

  it('keeps a stale sample that the request accepts while it waits for another host', async () => {
    void test.get('a').sampler.waitForSample();
    await test.clock.advance(10_000);
    test.dockers.a.durationMs = 15_000;
    test.dockers.b.durationMs = 1000;
    const outcome = test.read({ maxStaleMs: 60_000 });
    await test.clock.advance(1000);
    expect(outcome.value).toEqual({ a: 'run-1', b: 'run-1' });
  });

  it('waits for its sample if no other host has figures', async () => {
    test.dockers.a.failure = DAEMON_DOWN;
    const outcome = test.read();
    await test.clock.advance(13_999);
    expect(outcome.value).toBeUndefined();
    await test.clock.advance(1);
    expect(outcome.value).toEqual({ a: 'docker_unreachable', b: 'run-1' });
  });
});
