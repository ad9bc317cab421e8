import { getAgeMs } from '../../../src/sampling/stats-sample.js';
import { readSettings } from '../../../src/config/read-settings.js';
import { SamplingPace, type RunReason } from '../../../src/sampling/pace/sampling-pace.js';
import type { StatsSample } from '../../../src/sampling/stats-sample.js';
import { FailureLog } from '../../../src/sampling/sampler/failure-log.js';
import { RunObservers } from '../../../src/sampling/sampler/run-observers.js';
import { StatsSampler } from '../../../src/sampling/sampler/stats-sampler.js';
import { StatsSource } from '../../../src/sampling/stats-source.js';
import { FakeClock } from './fake-clock.js';
import { IGNORE_RUNS } from './sampler-test.js';
import type { SimulatedClient } from './simulated-clients.js';

/** A docker whose runs take a while. */
class SimulatedSource extends StatsSource {
  override readonly system = 'docker';
  constructor(
    private readonly clock: FakeClock,
    private readonly getRunMs: () => number,
  ) {
    super();
  }

  override sample(): Promise<StatsSample> {
    const durationMs = this.getRunMs();
    return new Promise((resolve) => {
      this.clock.after(durationMs, () =>
        resolve({
          sampledAt: new Date(0),
          sampledAtMonotonicMs: this.clock.now(),
          durationMs,
          containers: [],
          skipped: [],
        }),
      );
    });
  }

  override readVersion(): Promise<string> {
    return Promise.resolve('');
  }

  override countRunning(): Promise<number> {
    return Promise.resolve(0);
  }
}

/** A response, in milliseconds. */
export interface SimulatedResponse {
  readonly requestedAt: number;
  readonly waitMs: number;
  /** How old the sample was at the response. */
  readonly ageMs: number;
}

/** How long a simulated run takes by default: as docker takes for 100 containers. */
export const SIMULATED_RUN_MS = 2900;

/** What happened in a part of a simulation. */
export interface Summary {
  readonly requests: number;
  readonly runs: number;
  /** The requests that had to wait. */
  readonly waiting: number;
}

/** Simulates clients of the sampler on a fake clock. */
export class PollingSimulation {
  readonly clock = new FakeClock();
  readonly pace: SamplingPace;
  readonly sampler: StatsSampler;
  #runs: Record<RunReason, number> = { request: 0, planned: 0, continuous: 0 };
  #responses: SimulatedResponse[] = [];

  constructor(getRunMs: () => number = () => SIMULATED_RUN_MS, env: NodeJS.ProcessEnv = {}) {
    const settings = readSettings(env);
    this.pace = new SamplingPace(settings, this.clock);
    const source = new SimulatedSource(this.clock, getRunMs);
    this.sampler = new StatsSampler(
      source,
      settings,
      this.clock,
      this.pace,
      new RunObservers(),
      new FailureLog(source.system, this.clock),
    );
    this.sampler.observe({
      ...IGNORE_RUNS,
      onStart: (reason) => void this.#runs[reason]++,
    });
  }

  /** Starts a client. It sends no requests after `untilMs` from now. */
  addClient(
    name: string,
    client: SimulatedClient,
    {
      firstAfterMs = 0,
      untilMs = Infinity,
    }: { readonly firstAfterMs?: number; readonly untilMs?: number } = {},
  ): void {
    const until = this.clock.now() + untilMs;
    const send = async (): Promise<void> => {
      const requestedAt = this.clock.now();
      if (requestedAt > until) return;
      const sample =
        this.sampler.findSample({}, name) ?? (await this.sampler.waitForSample({}, undefined, name));
      const respondedAt = this.clock.now();
      const waitMs = respondedAt - requestedAt;
      this.#responses.push({ requestedAt, waitMs, ageMs: getAgeMs(sample, this.clock) });
      this.clock.after(client(requestedAt, respondedAt) - respondedAt, () => void send());
    };
    this.clock.after(firstAfterMs, () => void send());
  }

  /** The runs since {@link reset}, by reason. */
  get runs(): Readonly<Record<RunReason, number>> {
    return this.#runs;
  }

  /** The responses since {@link reset}. */
  get responses(): readonly SimulatedResponse[] {
    return this.#responses;
  }

  /** Forgets the runs and responses so far. */
  reset(): void {
    this.#runs = { request: 0, planned: 0, continuous: 0 };
    this.#responses = [];
  }

  /** Advances the clock, and returns what happened meanwhile. */
  async advance(ms: number): Promise<Summary> {
    this.reset();
    await this.clock.advance(ms);
    const { request, planned, continuous } = this.#runs;
    return {
      requests: this.#responses.length,
      runs: request + planned + continuous,
      waiting: this.#responses.filter(({ waitMs }) => waitMs > 0).length,
    };
  }
}
