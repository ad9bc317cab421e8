import { Logger } from '@nestjs/common';
import { PollingSimulation } from '../support/sampling/polling-simulation.js';
import { pollOnGrid } from '../support/sampling/simulated-clients.js';
import { createRandom } from '../support/vitest/random.js';
import { POLLING_CASES, type PollingResult, simulateCase } from '../support/sampling/polling-cases.js';
import { scenario } from './report/scenario.js';

const SEEDS = [1, 2, 3, 4, 5];

/** The first case of each row. */
const ROWS = POLLING_CASES.filter(
  ({ row }, index) => POLLING_CASES.findIndex((other) => other.row === row) === index,
);

for (const { row, goals, per } of ROWS) {
  const cases = POLLING_CASES.filter((pollingCase) => pollingCase.row === row);
  scenario(`simulated: ${row}`, async (record) => {
    Logger.overrideLogger(false);
    record.docker = 'simulated';
    const results: PollingResult[] = [];
    for (const pollingCase of cases) {
      for (const seed of SEEDS) results.push(await simulateCase(pollingCase, seed));
    }
    record.addMedian(
      `runs per ${per}`,
      '',
      results.map(({ runs }) => runs),
      { atMost: goals.runs },
    );
    record.addMedian(
      'responses at once',
      '%',
      results.map(({ atOnce }) => 100 * atOnce),
      goals.atOnce === undefined ? undefined : { atLeast: 100 * goals.atOnce },
    );
    record.addMedian(
      'age at the response',
      's',
      results.map(({ ageMs }) => ageMs / 1000),
      goals.ageMs === undefined ? undefined : { atMost: goals.ageMs / 1000 },
    );
  });
}

scenario('simulated: a client that stops', async (record) => {
  Logger.overrideLogger(false);
  record.docker = 'simulated';
  const runsAfterStop: number[] = [];
  for (const seconds of [5, 10, 15, 30, 60, 120, 300]) {
    for (const requests of [3, 4, 5, 10, 50]) {
      const simulation = new PollingSimulation();
      const untilMs = (requests - 0.5) * seconds * 1000;
      simulation.addClient('a', pollOnGrid(seconds * 1000, 500, createRandom(requests)), { untilMs });
      await simulation.clock.advance(untilMs);
      simulation.reset();
      await simulation.clock.advance(86_400_000);
      const { planned, continuous } = simulation.runs;
      runsAfterStop.push(planned + continuous);
    }
  }
  record.addValue('runs after the last request, at most', '', Math.max(...runsAfterStop), { atMost: 2 });
});
