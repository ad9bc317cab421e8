import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePrometheus } from '../../test/support/prometheus/fake/fake-prometheus.js';
import { sendApiError } from '../../test/support/prometheus/fake/faulty-responses.js';
import { scrapeFleet } from '../../test/support/prometheus/fake/fleet-scene.js';
import { FleetHostsTest } from '../../test/support/prometheus/fleet-hosts-test.js';
import type { SampleReader } from '../sampling/sampler/sample-reader.js';

const MAX_READERS = 100;

let test: FleetHostsTest;
beforeEach(async () => {
  test = new FleetHostsTest(await FakePrometheus.start());
  await scrapeFleet(test.prometheus);
});
afterEach(() => test.close());

/** Returns the reader of the selection with this number. */
function findReader(n: number): SampleReader {
  return test.hosts.findReader({ selected: [`x${n}`] });
}

/** Uses as many other selections as are kept. */
function useOthers(): void {
  for (let n = 1; n <= MAX_READERS; n++) findReader(n);
}

/** Lets a client poll readers until each has a query planned for the next request. */
async function pollSteadily(...readers: readonly SampleReader[]): Promise<void> {
  for (let n = 0; n < 5; n++) {
    await test.clock.advance(10_000); // oxlint-disable-line no-await-in-loop -- one request after the other
    for (const reader of readers) {
      // oxlint-disable-next-line no-await-in-loop -- the same
      if (reader.findSample({}, 'client') === undefined) await reader.waitForSample({}, undefined, 'client');
    }
  }
}

describe('FleetHosts', () => {
  it('has one sampler for all hosts', () => {
    const [whole] = test.hosts.all;
    expect(test.hosts.findReader({})).toBe(whole?.sampler);
    expect(test.hosts.findReader({ visible: undefined, selected: undefined })).toBe(whole?.sampler);
  });

  it.each([
    ['other hosts', { selected: ['web1'] }, { selected: ['web2'] }],
    ['other visible hosts', { visible: ['web1'] }, { selected: ['web1'] }],
    ['visible hosts', { visible: ['web1'] }, {}],
    ['containers', { containers: ['app'] }, {}],
    ['other containers', { selected: ['web1'], containers: ['app'] }, { selected: ['web1'] }],
    ['the basic view', { isBasic: true }, {}],
    ['the basic view of hosts', { selected: ['web1'], isBasic: true }, { selected: ['web1'] }],
  ])('has a reader for each selection: %s', (_what, one, other) => {
    expect(test.hosts.findReader(one)).toBe(test.hosts.findReader({ ...one }));
    expect(test.hosts.findReader(one)).not.toBe(test.hosts.findReader(other));
  });

  it('tells the observers of all hosts of the queries for a part, too: also for one that is selected later', async () => {
    const [whole] = test.hosts.all;
    const sizes: number[] = [];
    const errors: unknown[] = [];
    await test.getSample({ selected: ['web1'] });
    whole?.sampler.observe({
      onSample: ({ containers }) => void sizes.push(containers.length),
      onFailure: (error) => void errors.push(error),
    });
    await test.clock.advance(1);
    await test.getSample({ selected: ['web1'] }, { maxAgeMs: 0 });
    await test.getSample({ selected: ['web2'], isBasic: true });
    await test.getSample({});
    expect(sizes).toEqual([2, 1, 4]);
    await test.clock.advance(1);
    test.prometheus.respond = sendApiError(422, 'execution');
    await expect(test.getSample({ selected: ['db1'] }, { maxAgeMs: 0 })).rejects.toThrow('execution');
    expect(errors).toMatchObject([{ code: 'prometheus_failed' }]);
  });

  it('counts the polling clients of all selections that it keeps', async () => {
    await pollSteadily(test.hosts.findReader({ isBasic: true }), test.hosts.findReader({}));
    expect(test.hosts.countPollingClients()).toBe(2);
    useOthers();
    expect(test.hosts.countPollingClients()).toBe(1);
  });

  it('logs an outage and its end once, however many selections are read', async () => {
    const logged: unknown[] = [];
    vi.spyOn(Logger.prototype, 'error').mockImplementation((line) => void logged.push(line));
    vi.spyOn(Logger.prototype, 'log').mockImplementation((line) => void logged.push(line));
    const selections = [{}, { isBasic: true }, { selected: ['web1'] }];
    test.prometheus.respond = sendApiError(422, 'execution');
    for (const selection of selections) await expect(test.getSample(selection)).rejects.toThrow('execution');
    test.prometheus.respond = undefined;
    await test.clock.advance(2000);
    for (const selection of selections) await test.getSample(selection, { maxAgeMs: 0 });
    expect(logged).toEqual([
      expect.stringMatching(/^prometheus_failed: /),
      'Recovered: Prometheus works again',
    ]);
  });

  it('keeps the readers of 100 selections: the least recently used one goes', () => {
    const [first, second] = [findReader(1), findReader(2)];
    for (let n = 3; n <= MAX_READERS; n++) findReader(n);
    expect(findReader(1)).toBe(first);
    findReader(MAX_READERS + 1);
    expect(findReader(1)).toBe(first);
    expect(findReader(2)).not.toBe(second);
  });

  it('has one reader for patterns in another order, or given twice', () => {
    const reader = test.hosts.findReader({ selected: ['web1', 'db1'] });
    expect(test.hosts.findReader({ selected: ['db1', 'web1', 'db1'] })).toBe(reader);
  });

  it('keeps fewer readers if their samples have many containers', async () => {
    const small = new FleetHostsTest(test.prometheus, {}, 3);
    const selections = ['web1', 'web2', 'db1'].map((name) => ({ selected: [name] }));
    const readers = selections.map((selection) => small.hosts.findReader(selection));
    await Promise.all(selections.map((selection) => small.getSample(selection))); // 2, 1 and 1 containers
    small.hosts.findReader({ selected: ['x'] });
    const kept = selections.map((selection, n) => small.hosts.findReader(selection) === readers[n]);
    expect(kept).toEqual([false, true, true]);
    await small.hosts.onModuleDestroy();
  });

  it('keeps a reader while it is watched', () => {
    const reader = findReader(0);
    const { unwatch } = test.watch(reader);
    useOthers();
    expect(findReader(0)).toBe(reader);
    unwatch();
    useOthers();
    expect(findReader(0)).not.toBe(reader);
  });

  it('keeps a reader until its last watcher ends, however often a watcher ends', () => {
    const reader = findReader(0);
    const { unwatch } = test.watch(reader);
    test.watch(reader);
    unwatch();
    unwatch();
    useOthers();
    expect(findReader(0)).toBe(reader);
  });

  it('queries for the watchers of a further selection, too, if all other readers are watched', async () => {
    test.prometheus.respond = sendApiError(422, 'execution'); // at once: real results of 101 queries take long
    for (let n = 1; n <= MAX_READERS; n++) test.watch(findReader(n));
    const { errors } = test.watch(findReader(0));
    await expect.poll(() => errors).toMatchObject([{ code: 'prometheus_failed' }]);
  });

  it('stops the queries of a reader that it no longer keeps', async () => {
    const reader = test.hosts.findReader({ selected: ['web1'] });
    await pollSteadily(reader);
    expect(test.clock.timerCount).toBe(1);
    useOthers();
    expect(test.clock.timerCount).toBe(0);
  });

  it('still gives a sample to the request that uses a reader that it no longer keeps', async () => {
    const reader = test.hosts.findReader({ selected: ['web1'] });
    const sample = reader.waitForSample();
    useOthers();
    expect((await sample).containers.map(({ host }) => host)).toEqual(['web1', 'web1']);
  });

  it('stops all queries at shutdown, and closes its connections', async () => {
    await pollSteadily(test.hosts.findReader({}));
    const { samples } = test.watch(test.hosts.findReader({ selected: ['web1'] }));
    await expect.poll(() => samples.length).toBe(1);
    expect(test.clock.timerCount).toBe(2);
    await test.hosts.onModuleDestroy();
    expect(test.clock.timerCount).toBe(0);
    await expect(test.hosts.all[0]?.source.sample()).rejects.toMatchObject({
      publicMessage: expect.stringContaining('shutting down') as string,
    });
  });
});
