import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { toLogMessage } from './log-message.js';
import { Clock } from './clock.js';
import type { StatsSample } from './stats-sample.js';
import { StatsSource } from './stats-source.js';

/** After a failed run, reads without a fresh sample get its error for this long, and no new run starts. */
const FAILURE_TTL_MS = 1000;

/** How fresh the sample must be, and how long to wait for it. */
export interface ReadOptions {
  /** The maximum age in milliseconds, capped at `STATS_MAX_AGE_MS`. With 0, only a sample whose run ends after the call is fresh enough. */
  readonly maxAgeMs?: number | undefined;
  /** Stops the waiting: `read` rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** Receives the result of every run: a sample or an error. */
export interface SampleWatcher {
  onSample(sample: StatsSample): void;
  onFailure(error: unknown): void;
}

interface Failure {
  readonly error: unknown;
  readonly endedAt: number;
}

/** A sample is fresh enough if it is at most `maxAgeMs` old, or if its run ended after `since`, the time of the call. */
interface Requirement {
  readonly since: number;
  readonly maxAgeMs: number;
}

interface PendingRead extends Requirement {
  readonly resolve: (sample: StatsSample) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Takes samples from the source, one run at a time, and shares them among all readers. While it is in use, it takes new samples
 * in the background. It stops after `STATS_IDLE_AFTER_MS` without reads and watchers.
 */
@Injectable()
export class StatsSampler implements OnModuleDestroy {
  readonly #logger = new Logger(StatsSampler.name);
  readonly #pendingReads = new Set<PendingRead>();
  readonly #watchers = new Set<SampleWatcher>();
  readonly #observers = new Set<SampleWatcher>();
  #latest: StatsSample | undefined;
  #failure: Failure | undefined;
  #isRunning = false;
  #sharedReads = 0;
  #isStopped = false;
  #startedAt = -Infinity;
  #lastUsedAt = -Infinity;
  #cancelNextRun: (() => void) | undefined;

  constructor(
    private readonly source: StatsSource,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** How many reads waited for a run that was already in progress. */
  get sharedReads(): number {
    return this.#sharedReads;
  }

  /** The latest sample, however old. Does not count as use. */
  get latestSample(): StatsSample | undefined {
    return this.#latest;
  }

  /** Returns the latest sample if it is fresh enough. Counts as use. */
  findFreshSample(maxAgeMs?: number): StatsSample | undefined {
    const requirement = this.#createRequirement(maxAgeMs);
    this.#lastUsedAt = requirement.since;
    if (this.#latest === undefined || !this.#isFresh(this.#latest, requirement)) return undefined;
    this.#scheduleNextRun();
    return this.#latest;
  }

  /**
   * Returns the latest sample if it is fresh enough. Otherwise waits for the run in progress, or starts one.
   *
   * @throws {StatsSourceError} if that run fails, or if the last run failed less than {@link FAILURE_TTL_MS} ago
   */
  async read({ maxAgeMs, signal }: ReadOptions = {}): Promise<StatsSample> {
    const sample = this.findFreshSample(maxAgeMs);
    if (sample !== undefined) return sample;
    signal?.throwIfAborted();
    if (this.#isRunning) {
      this.#sharedReads++;
    } else {
      const failure = this.#findRecentFailure();
      if (failure !== undefined) {
        this.#scheduleNextRun();
        throw failure.error;
      }
      this.#startRun();
    }
    return this.#waitForSample(this.#createRequirement(maxAgeMs), signal);
  }

  /** Returns the age of a sample in milliseconds. */
  getAgeMs(sample: StatsSample): number {
    return this.clock.now() - sample.sampledAtMonotonicMs;
  }

  /**
   * Passes the watcher the current sample or failure at once, then the result of every run. Counts as use until the returned
   * function is called.
   */
  watch(watcher: SampleWatcher): () => void {
    this.#watchers.add(watcher);
    const sample = this.findFreshSample();
    const failure = this.#findRecentFailure();
    if (sample !== undefined) watcher.onSample(sample);
    else if (failure !== undefined) watcher.onFailure(failure.error);
    else if (!this.#isRunning && !this.#isStopped) this.#startRun();
    this.#scheduleNextRun();
    return () => {
      if (this.#watchers.delete(watcher)) this.#lastUsedAt = this.clock.now();
    };
  }

  /** Passes the observer the result of every run. Unlike {@link watch}, it does not count as use. */
  observe(observer: SampleWatcher): void {
    this.#observers.add(observer);
  }

  /** Stops the background runs. Pending reads still get the sample of the run in progress. */
  onModuleDestroy(): void {
    this.#isStopped = true;
    this.#cancelNextRun?.();
    this.#cancelNextRun = undefined;
  }

  #startRun(): void {
    this.#cancelNextRun?.();
    this.#cancelNextRun = undefined;
    this.#isRunning = true;
    this.#startedAt = this.clock.now();
    void this.source.sample().then(
      (sample) => this.#succeed(sample),
      (error: unknown) => this.#fail(error),
    );
  }

  #succeed(sample: StatsSample): void {
    if (this.#failure !== undefined) this.#logger.log('Recovered: docker stats works again');
    this.#isRunning = false;
    this.#latest = sample;
    this.#failure = undefined;
    this.#observers.forEach((observer) => observer.onSample(sample));
    for (const read of this.#pendingReads) {
      if (!this.#isFresh(sample, read)) continue; // this read began after docker had ended, so it needs a later sample
      this.#pendingReads.delete(read);
      read.resolve(sample);
    }
    this.#watchers.forEach((watcher) => watcher.onSample(sample));
    if (this.#pendingReads.size > 0) this.#startRun();
    else this.#scheduleNextRun();
  }

  #fail(error: unknown): void {
    this.#logFailure(error);
    this.#isRunning = false;
    this.#failure = { error, endedAt: this.clock.now() };
    this.#observers.forEach((observer) => observer.onFailure(error));
    const reads = [...this.#pendingReads];
    this.#pendingReads.clear();
    reads.forEach((read) => read.reject(error));
    this.#watchers.forEach((watcher) => watcher.onFailure(error));
    this.#scheduleNextRun();
  }

  /** Logs each cause once: during an outage, a run fails every few seconds. */
  #logFailure(error: unknown): void {
    const isRepeated = this.#failure !== undefined && String(this.#failure.error) === String(error);
    if (isRepeated || this.#isStopped) return;
    this.#logger.error(toLogMessage(error));
  }

  async #waitForSample(requirement: Requirement, signal?: AbortSignal): Promise<StatsSample> {
    let cancel: (() => void) | undefined;
    try {
      return await new Promise<StatsSample>((resolve, reject) => {
        const read: PendingRead = { ...requirement, resolve, reject };
        this.#pendingReads.add(read);
        cancel = () => {
          this.#pendingReads.delete(read);
          reject(signal?.reason as Error);
        };
        signal?.addEventListener('abort', cancel);
      });
    } finally {
      if (cancel !== undefined) signal?.removeEventListener('abort', cancel);
    }
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
    if (this.#isRunning || this.#cancelNextRun !== undefined || !this.#isInUse()) return;
    const earliest = Math.max(
      this.#startedAt + this.settings.STATS_INTERVAL_MS,
      (this.#failure?.endedAt ?? -Infinity) + FAILURE_TTL_MS,
    );
    this.#cancelNextRun = this.clock.after(Math.max(0, earliest - this.clock.now()), () => {
      this.#cancelNextRun = undefined;
      if (this.#isInUse()) this.#startRun();
    });
  }

  #isInUse(): boolean {
    if (this.#isStopped) return false;
    return this.#watchers.size > 0 || this.clock.now() - this.#lastUsedAt < this.settings.STATS_IDLE_AFTER_MS;
  }
}
