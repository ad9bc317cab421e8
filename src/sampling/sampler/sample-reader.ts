import type { StatsSample } from '../stats-sample.js';
import type { SampleWatcher } from './run-observers.js';

/** How fresh a sample must be. */
export interface Freshness {
  /** The maximum age in milliseconds, capped at `STATS_MAX_AGE_MS`. With 0, only a sample whose run ends after the call is fresh. */
  readonly maxAgeMs?: number | undefined;
  /** How much older a sample may be, in milliseconds, if there is no fresh one. */
  readonly maxStaleMs?: number | undefined;
}

/** Gives samples to requests and streams: those of one host, or those of several together. */
export interface SampleReader {
  /**
   * Returns the latest sample if it is fresh enough. If it is stale, but not too stale, starts a run for later reads.
   *
   * @param client identifies the client, so that its next request can be expected
   */
  findSample(freshness?: Freshness, client?: string): StatsSample | undefined;

  /**
   * Waits for the run in progress, or starts one. Call it when {@link findSample} returns nothing.
   *
   * @param signal stops the waiting: the promise rejects with the reason of the signal
   * @throws {StatsSourceError} if there are no figures
   */
  waitForSample(freshness?: Freshness, signal?: AbortSignal, client?: string): Promise<StatsSample>;

  /**
   * Passes the watcher the current sample or failure at once, then the results of runs. Runs follow one after the other until
   * the returned function is called.
   */
  watch(watcher: SampleWatcher): () => void;
}
