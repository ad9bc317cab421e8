import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { PollingSimulation, SIMULATED_RUN_MS } from '../../../test/support/sampling/polling-simulation.js';
import {
  pollAfterResponse,
  pollExactly,
  pollOnGrid,
  type SimulatedClient,
} from '../../../test/support/sampling/simulated-clients.js';
import { createRandom } from '../../../test/support/vitest/random.js';

const MINUTE_MS = 60_000;

const random = createRandom(1);

describe('SamplingPace, for one client that polls', () => {
  it('has a sample ready from the fourth request on', async () => {
    const simulation = new PollingSimulation();
    simulation.addClient('a', pollExactly(15_000));
    await simulation.clock.advance(10 * MINUTE_MS);
    const waits = simulation.responses.map(({ waitMs }) => waitMs);
    expect(waits).toHaveLength(41);
    expect(waits.slice(0, 3)).toEqual([SIMULATED_RUN_MS, SIMULATED_RUN_MS, SIMULATED_RUN_MS]);
    expect(new Set(waits.slice(3))).toEqual(new Set([0]));
    expect(simulation.runs).toMatchObject({ request: 3, continuous: 0 });
  });

  it.each([
    ['every 15 s', 15],
    ['every 60 s', 60],
    ['every 5 minutes', 300],
  ])('takes at most two samples after the last request of a client that polled %s', async (_, seconds) => {
    for (const requests of [2, 3, 4, 5, 20]) {
      const simulation = new PollingSimulation();
      simulation.addClient('a', pollExactly(seconds * 1000), { untilMs: (requests - 0.5) * seconds * 1000 });
      await simulation.clock.advance((requests - 1) * seconds * 1000 + SIMULATED_RUN_MS);
      const { runs, requests: later } = await simulation.advance(100 * MINUTE_MS);
      expect(later).toBe(0);
      expect(runs).toBeLessThanOrEqual(2);
      expect(simulation.clock.timerCount).toBe(0);
      expect(simulation.pace.countPollingClients()).toBe(0);
    }
  });

  it('expects the next request in spite of a missed one', async () => {
    const simulation = new PollingSimulation();
    let sent = 0;
    simulation.addClient('a', (requestedAt) => requestedAt + (++sent === 10 ? 30_000 : 15_000));
    await simulation.clock.advance(2 * MINUTE_MS);
    expect(await simulation.advance(4 * MINUTE_MS)).toEqual({ requests: 15, runs: 16, waiting: 0 });
  });

  it('learns the new times of a client that was restarted', async () => {
    const simulation = new PollingSimulation();
    simulation.addClient('a', pollExactly(15_000), { untilMs: 5 * MINUTE_MS });
    await simulation.clock.advance(5 * MINUTE_MS + 4000);
    simulation.addClient('a', pollExactly(15_000));
    const { runs, requests, waiting } = await simulation.advance(5 * MINUTE_MS);
    expect(requests).toBe(21);
    expect(waiting).toBeLessThanOrEqual(3);
    expect(runs).toBeLessThanOrEqual(requests + 2);
  });

  it.each([
    [15, 30],
    [15, 60],
    [60, 15],
    [30, 15],
    [15, 10],
    [10, 15],
    [15, 16],
    [15, 300],
    [300, 15],
  ])('learns a period that changes from %i s to %i s', async (before, after) => {
    const simulation = new PollingSimulation();
    simulation.addClient('a', pollExactly(before * 1000), { untilMs: 10 * before * 1000 });
    await simulation.clock.advance(10 * before * 1000);
    simulation.addClient('a', pollExactly(after * 1000), { firstAfterMs: after * 1000 });
    await simulation.clock.advance(20 * after * 1000);
    const { runs, requests, waiting } = await simulation.advance(20 * after * 1000);
    expect(waiting).toBe(0);
    expect(runs).toBeLessThanOrEqual(requests + 1);
  });

  it('follows a client whose clock is not exact', async () => {
    const simulation = new PollingSimulation();
    simulation.addClient('a', pollOnGrid(15_003, 50, random));
    await simulation.clock.advance(MINUTE_MS);
    const { runs, requests, waiting } = await simulation.advance(600 * MINUTE_MS);
    expect(waiting).toBe(0);
    expect(runs).toBeLessThanOrEqual(requests + 1);
  });

  it.each([3.7, 5, 15, 60])('follows a client that pauses for %d s after each response', async (seconds) => {
    const simulation = new PollingSimulation();
    simulation.addClient('a', pollAfterResponse(seconds * 1000, 0, random));
    await simulation.clock.advance(20 * (seconds * 1000 + SIMULATED_RUN_MS));
    const { runs, requests, waiting } = await simulation.advance(100 * seconds * 1000);
    expect(waiting).toBeLessThanOrEqual(1);
    expect(runs).toBeLessThanOrEqual(requests + 1);
  });

  it('follows the duration of the runs', async () => {
    let runMs = 2000;
    const simulation = new PollingSimulation(() => runMs);
    simulation.addClient('a', pollExactly(15_000));
    await simulation.clock.advance(5 * MINUTE_MS);
    runMs = 6000;
    await simulation.clock.advance(5 * MINUTE_MS);
    expect(await simulation.advance(5 * MINUTE_MS)).toMatchObject({ waiting: 0 });
  });

  it('has samples ready although one run in twenty takes five times as long', async () => {
    let n = 0;
    const simulation = new PollingSimulation(() =>
      ++n % 20 === 0 ? 5 * SIMULATED_RUN_MS : SIMULATED_RUN_MS,
    );
    simulation.addClient('a', pollExactly(15_000));
    await simulation.clock.advance(10 * MINUTE_MS);
    const { runs, requests, waiting } = await simulation.advance(300 * MINUTE_MS);
    expect(waiting / requests).toBeLessThan(0.15);
    expect(runs / requests).toBeLessThan(1.1);
  });

  it('starts the next run early enough although a run takes most of the period', async () => {
    const simulation = new PollingSimulation(() => 14_000);
    simulation.addClient('a', pollOnGrid(20_000, 100, random));
    await simulation.clock.advance(5 * MINUTE_MS);
    const { runs, requests, waiting } = await simulation.advance(20 * MINUTE_MS);
    expect(waiting).toBe(0);
    expect(runs).toBeLessThanOrEqual(requests + 1);
  });

  it('takes at most two samples after the last request of a client with several periods', async () => {
    for (const pauses of [
      [5, 25],
      [10, 14],
      [15, 30],
      [7, 13, 22],
    ]) {
      const simulation = new PollingSimulation();
      let n = 0;
      const client: SimulatedClient = (requestedAt, respondedAt) =>
        Math.max(respondedAt, requestedAt + 1000 * (pauses[n++ % pauses.length] ?? 0));
      simulation.addClient('a', client, { untilMs: 10 * MINUTE_MS });
      await simulation.clock.advance(10 * MINUTE_MS);
      expect((await simulation.advance(100 * MINUTE_MS)).runs).toBeLessThanOrEqual(2);
    }
  });

  it('takes no sample in advance for requests that need a new one', async () => {
    const simulation = new PollingSimulation();
    for (let n = 0; n < 20; n++) {
      expect(simulation.sampler.findSample({ maxAgeMs: 0 }, 'a')).toBeUndefined();
      const sample = simulation.sampler.waitForSample({ maxAgeMs: 0 }, undefined, 'a');
      await simulation.clock.advance(15_000);
      await sample;
    }
    expect(simulation.runs).toEqual({ request: 20, planned: 0, continuous: 0 });
  });

  it('takes no sample in advance if STATS_IDLE_AFTER_MS is 0, or shorter than the period', async () => {
    for (const idleMs of ['0', '14000']) {
      const simulation = new PollingSimulation(undefined, { STATS_IDLE_AFTER_MS: idleMs });
      simulation.addClient('a', pollExactly(15_000));
      await simulation.clock.advance(10 * MINUTE_MS);
      expect(simulation.runs).toEqual({ request: 41, planned: 0, continuous: 0 });
    }
  });

  it('takes samples one after the other while a client polls every second, and stops with it', async () => {
    const simulation = new PollingSimulation();
    simulation.addClient('a', pollExactly(1_000), { untilMs: MINUTE_MS });
    await simulation.clock.advance(10_000);
    expect(await simulation.advance(50_000)).toMatchObject({ runs: 17, waiting: 0 });
    expect((await simulation.advance(60 * MINUTE_MS)).runs).toBeLessThanOrEqual(2);
  });
});

it('SamplingPace logs what it learns at level debug', async () => {
  const logged = vi.spyOn(Logger.prototype, 'debug');
  const simulation = new PollingSimulation();
  simulation.addClient('ci 192.0.2.1', pollExactly(15_000), { untilMs: 10 * MINUTE_MS });
  await simulation.clock.advance(20 * MINUTE_MS);
  expect(simulation.pace.countPollingClients()).toBe(0);
  expect(logged.mock.calls.map(([line]) => String(line))).toEqual([
    'Client ci 192.0.2.1 polls every 15.0 s',
    'Client ci 192.0.2.1 no longer polls every 15.0 s',
  ]);
});
