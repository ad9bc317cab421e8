import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Clock } from '../clock.js';
import { toLogMessage } from '../log-message.js';
import { FAILURE_TTL_MS, type RunHistory, type RunReason, SamplingPace } from '../pace/sampling-pace.js';
import { PendingReads, type Requirement } from './pending-reads.js';
import { RunObservers, type RunObserver, type SampleWatcher } from './run-observers.js';
import type { StatsSample } from '../stats-sample.js';
import { StatsSource } from '../stats-source.js';

/** How fresh a sample must be. */
export interface Freshness {
  /** The maximum age in milliseconds, capped at `STATS_MAX_AGE_MS`. With 0, only a sample whose run ends after the call is fresh. */
  readonly maxAgeMs?: number | undefined;
  /** How much older a sample may be, in milliseconds, if there is no fresh one. */
  readonly maxStaleMs?: number | undefined;
}

interface Failure {
  readonly error: unknown;
  readonly endedAt: number;
}

/**
 * Takes samples from the source, one run at a time, and shares them among all readers. {@link SamplingPace} decides when it takes
 * samples in the background.
 */
@Injectable()
export class StatsSampler implements OnModuleDestroy {
  readonly #logger = new Logger(StatsSampler.name);
  readonly #pendingReads = new PendingReads();
  readonly #watchers = new Set<SampleWatcher>();
  readonly #observers = new RunObservers();
  #latest: StatsSample | undefined;
  #failure: Failure | undefined;
  #isRunning = false;
  #sharedReads = 0;
  #isStopped = false;
  #startedAt = -Infinity;
  #cancelNextRun: (() => void) | undefined;

  constructor(
    private readonly source: StatsSource,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly pace: SamplingPace,
  ) {}

  /** How many reads waited for a run that was already in progress. */
  get sharedReads(): number {
    return this.#sharedReads;
  }

  /** The latest sample, however old. Does not count as use. */
  get latestSample(): StatsSample | undefined {
    return this.#latest;
  }

  /**
   * Returns the latest sample if it is fresh enough. If it is stale, but not too stale, starts a run for later reads.
   *
   * @param client identifies the client, so that its next request can be expected
   */
  findSample({ maxAgeMs, maxStaleMs = 0 }: Freshness = {}, client?: string): StatsSample | undefined {
    const requirement = this.#createRequirement(maxAgeMs);
    if (client !== undefined && this.pace.addRequest(client, requirement.maxAgeMs)) this.#scheduleNextRun();
    const sample = this.#latest;
    if (sample === undefined) return undefined;
    if (!this.#isFresh(sample, requirement)) {
      if (this.getAgeMs(sample) > requirement.maxAgeMs + maxStaleMs) return undefined;
      if (!this.#isRunning && !this.#isStopped && this.#findRecentFailure() === undefined) {
        this.#startRun('request');
      }
    }
    this.#observers.notifyUse(this.getAgeMs(sample));
    return sample;
  }

  /**
   * Waits for the run in progress, or starts one. Call it when {@link findSample} returns nothing.
   *
   * @param signal stops the waiting: the promise rejects with the reason of the signal
   * @throws {StatsSourceError} if that run fails, or if the last run failed less than {@link FAILURE_TTL_MS} ago
   */
  async waitForSample(
    { maxAgeMs }: Freshness = {},
    signal?: AbortSignal,
    client?: string,
  ): Promise<StatsSample> {
    signal?.throwIfAborted();
    if (this.#isRunning) {
      this.#sharedReads++;
    } else {
      const failure = this.#findRecentFailure();
      if (failure !== undefined) throw failure.error;
      this.#startRun('request');
    }
    try {
      return await this.#pendingReads.wait(this.#createRequirement(maxAgeMs), signal);
    } finally {
      // The pace does not know requests that need a new sample.
      if (client !== undefined && maxAgeMs !== 0) {
        this.pace.addResponse(client);
        this.#scheduleNextRun();
      }
    }
  }

  /** Returns the age of a sample in milliseconds. */
  getAgeMs(sample: StatsSample): number {
    return this.clock.now() - sample.sampledAtMonotonicMs;
  }

  /**
   * Passes the watcher the current sample or failure at once, then the result of every run. Runs follow one after the other until
   * the returned function is called.
   */
  watch(watcher: SampleWatcher): () => void {
    this.#watchers.add(watcher);
    const sample = this.findSample();
    const failure = this.#findRecentFailure();
    if (sample !== undefined) watcher.onSample(sample);
    else if (failure !== undefined) watcher.onFailure(failure.error);
    else if (!this.#isRunning && !this.#isStopped) this.#startRun('continuous');
    this.#scheduleNextRun();
    return () => {
      if (this.#watchers.delete(watcher)) this.#scheduleNextRun();
    };
  }

  /** Passes the observer all about every run. Unlike {@link watch}, it causes no runs. */
  observe(observer: Partial<RunObserver>): void {
    this.#observers.add(observer);
  }

  /** Stops the background runs. Pending reads still get the sample of the run in progress. */
  onModuleDestroy(): void {
    this.#isStopped = true;
    this.#cancelNextRun?.();
    this.#cancelNextRun = undefined;
  }

  #startRun(reason: RunReason): void {
    this.#cancelNextRun?.();
    this.#cancelNextRun = undefined;
    this.#isRunning = true;
    this.#startedAt = this.clock.now();
    this.#observers.notifyStart(reason);
    void this.source.sample().then(
      (sample) => this.#succeed(sample, reason),
      (error: unknown) => this.#fail(error),
    );
  }

  #succeed(sample: StatsSample, reason: RunReason): void {
    if (this.#failure !== undefined) this.#logger.log('Recovered: docker stats works again');
    this.#isRunning = false;
    this.#latest = sample;
    this.#failure = undefined;
    this.pace.addRun(this.clock.now() - this.#startedAt);
    this.#observers.notifySample(sample, reason);
    const served = this.#pendingReads.resolve(sample, (requirement) => this.#isFresh(sample, requirement));
    if (served > 0 || this.#watchers.size > 0) this.#observers.notifyUse(this.getAgeMs(sample));
    this.#watchers.forEach((watcher) => watcher.onSample(sample));
    if (this.#pendingReads.size > 0) this.#startRun('request');
    else this.#scheduleNextRun();
  }

  #fail(error: unknown): void {
    this.#logFailure(error);
    this.#isRunning = false;
    this.#failure = { error, endedAt: this.clock.now() };
    this.#observers.notifyFailure(error);
    this.#pendingReads.reject(error);
    this.#watchers.forEach((watcher) => watcher.onFailure(error));
    this.#scheduleNextRun();
  }

  /** Logs each cause once: during an outage, a run fails every few seconds. */
  #logFailure(error: unknown): void {
    const isRepeated = this.#failure !== undefined && String(this.#failure.error) === String(error);
    if (isRepeated || this.#isStopped) return;
    this.#logger.error(toLogMessage(error));
  }

  #createRequirement(maxAgeMs = Infinity): Requirement {
    return { since: this.clock.now(), maxAgeMs: Math.min(maxAgeMs, this.settings.STATS_MAX_AGE_MS) };
  }

  #findRecentFailure(): Failure | undefined {
    const isRecent = this.clock.now() < (this.#failure?.endedAt ?? -Infinity) + FAILURE_TTL_MS;
    return isRecent ? this.#failure : undefined;
  }

  #isFresh(sample: StatsSample, { since, maxAgeMs }: Requirement): boolean {
    return sample.sampledAtMonotonicMs >= Math.min(since, this.clock.now() - maxAgeMs);
  }

  #scheduleNextRun(): void {
    this.#cancelNextRun?.();
    this.#cancelNextRun = undefined;
    if (this.#isRunning || this.#isStopped) return;
    const next = this.pace.getNextRun(this.#getHistory());
    if (next === undefined) return;
    this.#cancelNextRun = this.clock.after(next.at - this.clock.now(), () => this.#startDueRun());
  }

  #startDueRun(): void {
    const history = this.#getHistory();
    const next = this.pace.getNextRun(history);
    if (next === undefined || next.at > this.clock.now()) {
      this.#scheduleNextRun();
      return;
    }
    if (next.reason === 'planned') this.pace.countPlannedRun(history);
    this.#startRun(next.reason);
  }

  #getHistory(): RunHistory {
    return {
      sampledAt: this.#latest?.sampledAtMonotonicMs ?? -Infinity,
      startedAt: this.#startedAt,
      failedAt: this.#failure?.endedAt ?? -Infinity,
      isWatched: this.#watchers.size > 0,
    };
  }
}
