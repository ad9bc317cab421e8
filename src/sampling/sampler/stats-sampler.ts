import type { Settings } from '../../config/settings.js';
import type { Clock } from '../clock.js';
import { FAILURE_TTL_MS, type RunHistory, type RunReason, type SamplingPace } from '../pace/sampling-pace.js';
import type { Failure, FailureLog } from './failure-log.js';
import { PendingReads, type Requirement } from './pending-reads.js';
import type { RunObserver, RunObservers, SampleWatcher } from './run-observers.js';
import type { Freshness, SampleReader } from './sample-reader.js';
import { getAgeMs, getReadAt, type StatsSample } from '../stats-sample.js';
import type { StatsSource } from '../stats-source.js';

/**
 * Takes samples of one host from its source, one run at a time, and shares them among all readers. {@link SamplingPace} decides
 * when it takes samples in the background.
 */
export class StatsSampler implements SampleReader {
  readonly #pendingReads = new PendingReads();
  readonly #watchers = new Set<SampleWatcher>();
  #latest: StatsSample | undefined;
  #failure: Failure | undefined;
  #isRunning = false;
  #isStopped = false;
  #startedAt = -Infinity;
  #firstStartedAt: Date | undefined;
  #lastRunMs = 0;
  #cancelNextRun: (() => void) | undefined;

  constructor(
    private readonly source: StatsSource,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly pace: SamplingPace,
    private readonly observers: RunObservers,
    private readonly log: FailureLog,
  ) {}

  /** The number of clients that poll at a known period. */
  get pollingClients(): number {
    return this.pace.countPollingClients();
  }

  /** The latest sample, however old. Does not count as use. */
  get latestSample(): StatsSample | undefined {
    return this.#latest;
  }

  /** The failure of the latest run; `undefined` if it succeeded. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Since when there is no new sample: when the latest one was taken, or when the first run started. */
  get lastSuccessAt(): Date {
    return this.#latest?.sampledAt ?? this.#firstStartedAt ?? new Date();
  }

  /** When the run in progress started, on the monotonic `Clock`; `undefined` if there is none. */
  get runningSince(): number | undefined {
    return this.#isRunning ? this.#startedAt : undefined;
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** When the latest run ended, on the monotonic `Clock`, and how long it took. */
  get lastRun(): { readonly endedAt: number; readonly durationMs: number } {
    const endedAt = this.#failure?.endedAt ?? getReadAt(this.#latest);
    return { endedAt, durationMs: this.#lastRunMs };
  }

  findSample(freshness: Freshness = {}, client?: string): StatsSample | undefined {
    const requirement = this.#createRequirement(freshness.maxAgeMs);
    const acceptedMs = Math.min(requirement.maxAgeMs, this.source.reuseMs);
    if (client !== undefined && this.pace.addRequest(client, acceptedMs)) this.#scheduleNextRun();
    const sample = this.peekSample(freshness);
    if (sample !== undefined && !this.#isFresh(sample, requirement)) this.refresh();
    return sample;
  }

  /** Like {@link findSample}, but causes no runs. */
  peekSample({ maxAgeMs, maxStaleMs = 0 }: Freshness = {}): StatsSample | undefined {
    const sample = this.#latest;
    if (sample === undefined) return undefined;
    const requirement = this.#createRequirement(maxAgeMs);
    const isCurrent = this.#isCurrent(sample, requirement.maxAgeMs, maxStaleMs);
    if (!isCurrent && !this.#isFresh(sample, requirement)) return undefined;
    this.observers.notifyUse(sample, this.#getAgeMs(sample));
    return sample;
  }

  /** Starts a run for later reads, unless one is in progress, or the last one failed less than {@link FAILURE_TTL_MS} ago. */
  refresh(): void {
    if (!this.#isRunning && !this.#isStopped && this.#findRecentFailure() === undefined) {
      this.#startRun('request');
    }
  }

  /** @throws {StatsSourceError} if the run fails, or if the last run failed less than {@link FAILURE_TTL_MS} ago */
  async waitForSample(
    { maxAgeMs }: Freshness = {},
    signal?: AbortSignal,
    client?: string,
  ): Promise<StatsSample> {
    signal?.throwIfAborted();
    if (this.#isRunning) {
      this.observers.notifySharedRead();
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

  /** Passes the observer all about every run, also of samplers that share its observers. Unlike {@link watch}, it causes no runs. */
  observe(observer: Partial<RunObserver>): void {
    this.observers.add(observer);
  }

  /** Stops the background runs. Pending reads still get the sample of the run in progress. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelNextRun?.();
    this.#cancelNextRun = undefined;
  }

  #startRun(reason: RunReason): void {
    this.#cancelNextRun?.();
    this.#cancelNextRun = undefined;
    this.#isRunning = true;
    this.#startedAt = this.clock.now();
    this.#firstStartedAt ??= new Date();
    this.observers.notifyStart(reason);
    void this.source.sample().then(
      (sample) => this.#succeed(sample, reason),
      (error: unknown) => this.#fail(error),
    );
  }

  #succeed(sample: StatsSample, reason: RunReason): void {
    this.log.addSuccess(this.#failure);
    this.#isRunning = false;
    const previous = this.#latest;
    this.#latest = sample;
    this.#failure = undefined;
    this.#lastRunMs = this.clock.now() - this.#startedAt;
    this.pace.addRun(this.#lastRunMs);
    this.observers.notifySample(sample, reason, previous);
    const served = this.#pendingReads.resolve(sample, (requirement) => this.#isFresh(sample, requirement));
    if (served > 0 || this.isWatched) this.observers.notifyUse(sample, this.#getAgeMs(sample));
    this.#watchers.forEach((watcher) => watcher.onSample(sample));
    if (this.#pendingReads.size > 0) this.#startRun('request');
    else this.#scheduleNextRun();
  }

  #fail(error: unknown): void {
    if (!this.#isStopped) this.log.addFailure(error, this.#failure);
    this.#isRunning = false;
    this.#lastRunMs = this.clock.now() - this.#startedAt;
    this.#failure = { error, endedAt: this.clock.now() };
    this.observers.notifyFailure(error);
    this.#pendingReads.reject(error);
    this.#watchers.forEach((watcher) => watcher.onFailure(error));
    this.#scheduleNextRun();
  }

  #createRequirement(maxAgeMs = Infinity): Requirement {
    return { since: this.clock.now(), maxAgeMs: Math.min(maxAgeMs, this.settings.STATS_MAX_AGE_MS) };
  }

  #findRecentFailure(): Failure | undefined {
    const isRecent = this.clock.now() < (this.#failure?.endedAt ?? -Infinity) + FAILURE_TTL_MS;
    return isRecent ? this.#failure : undefined;
  }

  #getAgeMs(sample: StatsSample): number {
    return getAgeMs(sample, this.clock);
  }

  #isFresh(sample: StatsSample, { since, maxAgeMs }: Requirement): boolean {
    return getReadAt(sample) >= since || this.#isCurrent(sample, maxAgeMs, 0);
  }

  /** Whether the figures are young enough, and the source was read lately. */
  #isCurrent(sample: StatsSample, maxAgeMs: number, maxStaleMs: number): boolean {
    const readMs = this.clock.now() - getReadAt(sample);
    return this.#getAgeMs(sample) <= maxAgeMs + maxStaleMs && readMs <= this.source.reuseMs + maxStaleMs;
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
      sampledAt: getReadAt(this.#latest),
      startedAt: this.#startedAt,
      failedAt: this.#failure?.endedAt ?? -Infinity,
      isWatched: this.isWatched,
    };
  }
}
