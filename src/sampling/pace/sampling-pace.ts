import type { Settings } from '../../config/settings.js';
import type { Clock } from '../clock.js';
import type { SamplingState } from './poll-schedule.js';
import { PollingClient } from './polling-client.js';

/** After a failed run, reads without a fresh sample get its error for this long, and no new run starts. */
export const FAILURE_TTL_MS = 1000;

/** The number of clients whose requests are remembered. While all of them are active, further clients count as one. */
const MAX_CLIENTS = 1000;
const FURTHER_CLIENTS = 'others';

/** A client whose period is at most this multiple of the duration of a run gets continuous sampling. */
const CONTINUOUS_FACTOR = 1.25;

/** So many requests at that pace start continuous sampling. */
const CONTINUOUS_REQUESTS = 3;

/** The expected duration until the first run has ended: docker takes about two seconds for a few containers. */
const FIRST_RUN_MS = 2000;

/** Why a run starts: for a waiting request, for a request that is due soon, or one after the other. */
export const RUN_REASONS = ['request', 'planned', 'continuous'] as const;

export type RunReason = (typeof RUN_REASONS)[number];

/** The next run in the background. */
export interface NextRun {
  /** When to start it, on the monotonic `Clock`. */
  readonly at: number;
  readonly reason: Exclude<RunReason, 'request'>;
}

/** The runs so far, in milliseconds of the monotonic `Clock`. */
export interface RunHistory {
  /** When the latest sample was read; `-Infinity` if there is none. */
  readonly sampledAt: number;
  /** When the last run started; `-Infinity` if there was none. */
  readonly startedAt: number;
  /** When the last run failed; `-Infinity` if it succeeded. */
  readonly failedAt: number;
  /** Whether a stream needs every sample. */
  readonly isWatched: boolean;
}

/**
 * Decides when the next sample is taken. It learns the period of each client that polls, and plans runs so that a sample is ready
 * just before the next request is due. `docs/sampling.md` explains the rules.
 */
export class SamplingPace {
  /** The clients, those with the latest requests last. */
  readonly #clients = new Map<string, PollingClient>();
  /** The times of the last requests that no schedule expected. */
  #irregularRequests: number[] = [];
  #runMs: number | undefined;
  #runDeviationMs = 0;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Counts the clients with a known period. Drops those that have stopped. */
  countPollingClients(): number {
    const now = this.clock.now();
    return [...this.#clients.values()].filter((client) => client.hasPeriod(now)).length;
  }

  /**
   * Notes a request.
   *
   * @param id identifies the client
   * @param maxAgeMs the maximum age of a sample that the request accepts. With 0, no sample can be ready for it.
   * @returns whether {@link getNextRun} may have changed
   */
  addRequest(id: string, maxAgeMs: number): boolean {
    if (maxAgeMs === 0 || this.settings.STATS_IDLE_AFTER_MS === 0) return false;
    const now = this.clock.now();
    const client = this.#findClient(id, now);
    const limits = { minMs: CONTINUOUS_FACTOR * this.#shareMs, maxMs: this.settings.STATS_IDLE_AFTER_MS };
    const kind = client.addRequest(now, maxAgeMs, limits);
    if (kind === 'repeated') return false;
    this.#clients.delete(client.name);
    this.#clients.set(client.name, client);
    if (kind === 'irregular') {
      this.#irregularRequests = [...this.#irregularRequests.slice(1 - CONTINUOUS_REQUESTS), now];
    }
    return true;
  }

  /** Notes that the last request of a client, which had to wait, got its response. */
  addResponse(id: string): void {
    this.#clients.get(id)?.addResponse(this.clock.now());
  }

  /** Notes how long a successful run took. */
  addRun(durationMs: number): void {
    // Smoothed mean and deviation, as in RFC 6298, section 2.
    const meanMs = this.#runMs ?? durationMs;
    const differenceMs = durationMs - meanMs;
    this.#runDeviationMs += (Math.abs(differenceMs) - this.#runDeviationMs) / 4;
    this.#runMs = meanMs + differenceMs / 8;
  }

  /** Returns the next run in the background; `undefined` if no client needs one. */
  getNextRun({ sampledAt, startedAt, failedAt, isWatched }: RunHistory): NextRun | undefined {
    const now = this.clock.now();
    const intervalEnd = startedAt + this.settings.STATS_INTERVAL_MS;
    const earliest = Math.max(now, failedAt + FAILURE_TTL_MS, intervalEnd);
    if (isWatched || this.#isBusy(earliest)) return { at: earliest, reason: 'continuous' };
    const earliestPlanned = Math.max(now, failedAt === -Infinity ? intervalEnd : failedAt + FAILURE_TTL_MS);
    const state = this.#getState(sampledAt);
    let first = Infinity;
    for (const client of this.#clients.values()) {
      const start = client.getNextStart(state);
      if (start <= client.lastRequestAt + this.settings.STATS_IDLE_AFTER_MS) first = Math.min(first, start);
    }
    return first === Infinity ? undefined : { at: Math.max(earliestPlanned, first), reason: 'planned' };
  }

  /** Counts a planned run that starts now for all clients that share it. */
  countPlannedRun({ sampledAt }: RunHistory): void {
    const state = this.#getState(sampledAt);
    for (const client of this.#clients.values()) {
      if (client.getNextStart(state) <= state.now + state.shareMs) client.countPlannedRun();
    }
  }

  #getState(sampledAt: number): SamplingState {
    return { now: this.clock.now(), sampledAt, runMs: this.#expectedRunMs, shareMs: this.#shareMs };
  }

  #findClient(id: string, now: number): PollingClient {
    const known = this.#clients.get(id);
    if (known !== undefined) return known;
    const [oldest] = this.#clients.values();
    if (oldest === undefined || this.#clients.size < MAX_CLIENTS) return new PollingClient(id);
    if (now - oldest.lastRequestAt > this.settings.STATS_IDLE_AFTER_MS) {
      this.#clients.delete(oldest.name);
      return new PollingClient(id);
    }
    return this.#clients.get(FURTHER_CLIENTS) ?? new PollingClient(FURTHER_CLIENTS);
  }

  /** A sample that is ready too early is too old, so single slow runs must not count too much. */
  get #expectedRunMs(): number {
    const marginMs = Math.min(2 * this.#runDeviationMs, this.settings.STATS_MAX_AGE_MS / 2);
    return (this.#runMs ?? FIRST_RUN_MS) + marginMs;
  }

  /** The shortest time between two runs. */
  get #shareMs(): number {
    return Math.max(this.settings.STATS_INTERVAL_MS, this.#expectedRunMs);
  }

  /** Whether requests come as fast as runs end. */
  #isBusy(at: number): boolean {
    if (this.#irregularRequests.length < CONTINUOUS_REQUESTS) return false;
    const fastMs = (CONTINUOUS_REQUESTS - 1) * CONTINUOUS_FACTOR * this.#shareMs;
    const windowMs = Math.min(fastMs, this.settings.STATS_IDLE_AFTER_MS);
    return (this.#irregularRequests[0] ?? -Infinity) >= at - windowMs;
  }
}
