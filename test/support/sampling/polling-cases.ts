import { PollingSimulation, SIMULATED_RUN_MS } from './polling-simulation.js';
import {
  pollAfterRequest,
  pollAfterResponse,
  pollOnGrid,
  requestIrregularly,
  type SimulatedClient,
} from './simulated-clients.js';
import { createRandom, type Random } from '../vitest/random.js';

/** A response within this time counts as at once. */
const AT_ONCE_MS = 50;

/** Limits of a {@link PollingResult}. */
interface Goals {
  readonly runs: number;
  readonly atOnce?: number;
  readonly ageMs?: number;
}

/** Simulated clients, and what they may cost. */
export interface PollingCase {
  readonly name: string;
  /** Cases that differ only in how a client keeps its period have the same row in the table. */
  readonly row: string;
  readonly addClients: (simulation: PollingSimulation, random: Random) => void;
  /** What happens before this time does not count: until the third request, the period is not known. */
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** What {@link PollingResult.runs} is relative to. */
  readonly per: 'request' | 'due moment' | 'continuous run';
  readonly goals: Goals;
}

/** What a simulation measured. */
export interface PollingResult {
  /** Runs per request, per moment at which at least one client asks, or per run of continuous sampling. */
  readonly runs: number;
  /** The share of the responses that came at once, from 0 to 1. */
  readonly atOnce: number;
  /** The median age of the samples at the responses, in milliseconds. */
  readonly ageMs: number;
}

const KINDS = [
  ['at fixed times', pollOnGrid],
  ['after its request', pollAfterRequest],
  ['after its response', pollAfterResponse],
] as const;

type CreateClient = (periodMs: number, jitterMs: number, random: Random) => SimulatedClient;

function createCase(
  [kind, create]: readonly [string, CreateClient],
  [seconds, jitterMs, jitter]: readonly [number, number, string],
  goals: Goals,
): PollingCase {
  const periodMs = seconds * 1000;
  return {
    name: `one client, every ${seconds} s ${jitter}, ${kind}`,
    row: `one client, every ${seconds} s ${jitter}`,
    addClients: (simulation, random) => simulation.addClient('a', create(periodMs, jitterMs, random)),
    warmUpMs: 2.5 * periodMs + 2 * SIMULATED_RUN_MS,
    durationMs: 200 * periodMs,
    per: 'request',
    goals,
  };
}

/** One case for each row of the table in `docs/performance.md`, or several. */
export const POLLING_CASES: readonly PollingCase[] = [
  ...KINDS.flatMap((kind) => [
    ...[5, 10, 15, 30, 60, 120, 300].map((seconds) =>
      createCase(kind, [seconds, 500, '± 0.5 s'], {
        runs: seconds === 5 ? 1.2 : 1.1,
        atOnce: 0.99,
        ageMs: 1500,
      }),
    ),
    createCase(kind, [15, 1500, '± 10 %'], { runs: 1.1, atOnce: 0.99, ageMs: 2500 }),
    createCase(kind, [60, 6000, '± 10 %'], { runs: 1.5, ageMs: 2500 }),
  ]),
  {
    name: 'three clients: every 10 s, 15 s, 60 s',
    row: 'three clients: every 10 s, 15 s, 60 s',
    addClients: (simulation, random) => {
      for (const seconds of [10, 15, 60]) {
        const client = pollOnGrid(seconds * 1000, 500, random);
        simulation.addClient(`every ${seconds} s`, client, { firstAfterMs: random() * seconds * 1000 });
      }
    },
    warmUpMs: 200_000,
    durationMs: 3_600_000,
    per: 'due moment',
    goals: { runs: 1.15, atOnce: 0.99, ageMs: 2000 },
  },
  {
    name: 'twenty clients, every 15 s',
    row: 'twenty clients, every 15 s',
    addClients: (simulation, random) => {
      for (let n = 0; n < 20; n++) {
        simulation.addClient(`${n}`, pollOnGrid(15_000, 500, random), { firstAfterMs: random() * 15_000 });
      }
    },
    warmUpMs: 60_000,
    durationMs: 1_800_000,
    per: 'continuous run',
    goals: { runs: 1, atOnce: 0.99, ageMs: 2500 },
  },
  {
    name: 'one client, irregular, every 20 s on average',
    row: 'one client, irregular, every 20 s on average',
    addClients: (simulation, random) => simulation.addClient('a', requestIrregularly(20_000, random)),
    warmUpMs: 60_000,
    durationMs: 10_800_000,
    per: 'request',
    goals: { runs: 1.3 },
  },
  {
    name: 'one client, every second',
    row: 'one client, every second',
    addClients: (simulation, random) => simulation.addClient('a', pollAfterRequest(1000, 50, random)),
    warmUpMs: 10_000,
    durationMs: 600_000,
    per: 'continuous run',
    goals: { runs: 1.02, atOnce: 0.99, ageMs: 2500 },
  },
];

/** Simulates a case. The same seed gives the same result. */
export async function simulateCase(pollingCase: PollingCase, seed: number): Promise<PollingResult> {
  const random = createRandom(seed);
  const simulation = new PollingSimulation(() => SIMULATED_RUN_MS * (0.95 + 0.1 * random())); // give or take 5 %
  pollingCase.addClients(simulation, random);
  await simulation.clock.advance(pollingCase.warmUpMs);
  const { runs } = await simulation.advance(pollingCase.durationMs);
  const { responses } = simulation;
  const units = {
    request: responses.length,
    'due moment': countDueMoments(responses.map(({ requestedAt }) => requestedAt)),
    'continuous run': pollingCase.durationMs / SIMULATED_RUN_MS,
  };
  const ages = responses.map(({ ageMs }) => ageMs).toSorted((a, b) => a - b);
  return {
    runs: runs / units[pollingCase.per],
    atOnce: responses.filter(({ waitMs }) => waitMs < AT_ONCE_MS).length / responses.length,
    ageMs: ages[Math.floor(ages.length / 2)] ?? NaN,
  };
}

/** Requests within the length of a run share it. */
function countDueMoments(times: readonly number[]): number {
  let count = 0;
  let last = -Infinity;
  for (const time of times.toSorted((a, b) => a - b)) {
    if (time <= last + SIMULATED_RUN_MS) continue;
    count++;
    last = time;
  }
  return count;
}
