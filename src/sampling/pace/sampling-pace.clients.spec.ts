import { describe, expect, it } from 'vitest';
import { PollingSimulation } from '../../../test/support/sampling/polling-simulation.js';
import { pollExactly, pollOnGrid } from '../../../test/support/sampling/simulated-clients.js';
import { createRandom } from '../../../test/support/vitest/random.js';

const MINUTE_MS = 60_000;

const random = createRandom(1);

describe('SamplingPace, for several clients', () => {
  it('lets clients that are due within a run share it', async () => {
    const simulation = new PollingSimulation();
    simulation.addClient('a', pollExactly(15_000));
    simulation.addClient('b', pollExactly(15_000), { firstAfterMs: 2000 });
    simulation.addClient('c', pollExactly(60_000), { firstAfterMs: 1000 });
    await simulation.clock.advance(4 * MINUTE_MS);
    expect(await simulation.advance(10 * MINUTE_MS)).toEqual({ requests: 90, runs: 40, waiting: 0 });
  });

  it.each([1000, 4000, 7500])(
    'tells two replicas behind one key and one address apart, %i ms apart',
    async (apartMs) => {
      const simulation = new PollingSimulation();
      simulation.addClient('a', pollOnGrid(15_000, 50, random));
      simulation.addClient('a', pollOnGrid(15_000, 50, random), { firstAfterMs: apartMs });
      await simulation.clock.advance(2 * MINUTE_MS);
      const { runs, requests, waiting } = await simulation.advance(20 * MINUTE_MS);
      expect(waiting).toBe(0);
      expect(runs).toBeLessThanOrEqual(requests + 1);
    },
  );

  it('follows a poller while a person sends requests with the same key and address', async () => {
    const simulation = new PollingSimulation();
    simulation.addClient('a', pollOnGrid(15_000, 50, random));
    await simulation.clock.advance(5 * MINUTE_MS);
    simulation.reset();
    for (const pauseMs of [3000, 9000, 20_000, 1000, 700, 41_000]) {
      await simulation.clock.advance(pauseMs);
      if (simulation.sampler.findSample({}, 'a') === undefined) void simulation.sampler.waitForSample();
    }
    await simulation.clock.advance(MINUTE_MS);
    expect(simulation.responses.filter(({ waitMs }) => waitMs > 0)).toEqual([]);
  });

  it('keeps at most 1,000 clients, and drops silent ones for new ones', async () => {
    const simulation = new PollingSimulation();
    for (let n = 0; n < 1001; n++) {
      simulation.addClient(`${n}`, pollExactly(60_000), { firstAfterMs: n, untilMs: 5 * MINUTE_MS });
    }
    await simulation.clock.advance(4 * MINUTE_MS);
    expect(simulation.pace.countPollingClients()).toBe(1001); // all others count as one
    await simulation.clock.advance(10 * MINUTE_MS);
    simulation.addClient('new', pollExactly(60_000));
    await simulation.clock.advance(4 * MINUTE_MS);
    expect(simulation.pace.countPollingClients()).toBe(1);
  });
});
