import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { logTextOf } from './log-text.js';
import { Clock } from './clock.js';
import type { StatsSample } from './stats-sample.js';
import { StatsSource } from './stats-source.js';

/** How long after a failed run its error is the answer, without another run. */
const FAILURE_KEPT_MS = 1000;

/** Which sample a reader takes, and how long it waits. */
export interface ReadOptions {
  /** How old it may be, in milliseconds; at most `STATS_MAX_AGE_MS` in any case. With 0 it must end after the call. */
  readonly maxAgeMs?: number | undefined;
  /** Ends the waiting; the reader then gets the signal's reason as an error. */
  readonly signal?: AbortSignal;
}

/** Is told how each run ended: with a sample, or with an error. */
export interface SampleWatcher {
  sampled(sample: StatsSample): void;
  failed(error: unknown): void;
}

interface Failure {
  readonly error: unknown;
  readonly endedAt: number;
}

/** A sample that a reader takes: not older than this, or taken after it came. */
interface Wanted {
  readonly since: number;
  readonly maxAgeMs: number;
}

interface Reader extends Wanted {
  readonly resolve: (sample: StatsSample) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gives all readers the same samples: one run of the source at a time, however many ask. While somebody asks, it keeps a
 * fresh sample at hand; when nobody has asked for `STATS_IDLE_AFTER_MS`, it stops.
 */
@Injectable()
export class StatsSampler implements OnModuleDestroy {
  readonly #logger = new Logger(StatsSampler.name);
  readonly #readers = new Set<Reader>();
  readonly #watchers = new Set<SampleWatcher>();
  readonly #observers = new Set<SampleWatcher>();
  #latest: StatsSample | undefined;
  #failure: Failure | undefined;
  #isRunning = false;
  #sharedReads = 0;
  #isStopped = false;
  #startedAt = -Infinity;
  #lastDemandAt = -Infinity;
  #cancelNextRun: (() => void) | undefined;

  constructor(
    private readonly source: StatsSource,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** How many readers have waited for a run that was under way when they came. */
  get sharedReads(): number {
    return this.#sharedReads;
  }

  /** The latest sample, however old; to look at it is no demand. */
  get latest(): StatsSample | undefined {
    return this.#latest;
  }

  /** The latest sample if it is fresh enough for the reader. */
  fresh(maxAgeMs?: number): StatsSample | undefined {
    const wanted = this.#wantedNow(maxAgeMs);
    this.#lastDemandAt = wanted.since;
    if (this.#latest === undefined || !this.#isFresh(this.#latest, wanted)) return undefined;
    this.#scheduleNextRun();
    return this.#latest;
  }

  /**
   * The latest sample if it is fresh enough for the reader, else the one of the run in flight, else of a new run.
   *
   * @throws {StatsSourceError} when that run fails, or the last one has failed just now
   */
  async read({ maxAgeMs, signal }: ReadOptions = {}): Promise<StatsSample> {
    const sample = this.fresh(maxAgeMs);
    if (sample !== undefined) return sample;
    signal?.throwIfAborted();
    if (this.#isRunning) {
      this.#sharedReads++;
    } else {
      if (this.#failure !== undefined && this.#isKept(this.#failure)) {
        this.#scheduleNextRun();
        throw this.#failure.error;
      }
      this.#startRun();
    }
    return this.#nextSample(this.#wantedNow(maxAgeMs), signal);
  }

  /** How old a sample is, in milliseconds. */
  ageMsOf(sample: StatsSample): number {
    return this.clock.now() - sample.sampledAtMonotonicMs;
  }

  /**
   * Tells a watcher what {@link read} would answer, and how every run ends from now on. That is demand, until the
   * returned function ends it.
   */
  watch(watcher: SampleWatcher): () => void {
    this.#watchers.add(watcher);
    const sample = this.fresh();
    if (sample !== undefined) watcher.sampled(sample);
    else if (this.#failure !== undefined && this.#isKept(this.#failure)) watcher.failed(this.#failure.error);
    else if (!this.#isRunning && !this.#isStopped) this.#startRun();
    this.#scheduleNextRun();
    return () => {
      if (this.#watchers.delete(watcher)) this.#lastDemandAt = this.clock.now();
    };
  }

  /** Tells an observer how every run ends from now on; unlike {@link watch}, that is no demand. */
  observe(observer: SampleWatcher): void {
    this.#observers.add(observer);
  }

  /** From now on nothing runs but what somebody waits for. */
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
    if (this.#failure !== undefined) this.#logger.log('docker stats gives figures again');
    this.#isRunning = false;
    this.#latest = sample;
    this.#failure = undefined;
    this.#observers.forEach((observer) => observer.sampled(sample));
    for (const reader of this.#readers) {
      if (!this.#isFresh(sample, reader)) continue; // came when docker had ended already, and wants a later sample
      this.#readers.delete(reader);
      reader.resolve(sample);
    }
    this.#watchers.forEach((watcher) => watcher.sampled(sample));
    if (this.#readers.size > 0) this.#startRun();
    else this.#scheduleNextRun();
  }

  #fail(error: unknown): void {
    this.#logFailure(error);
    this.#isRunning = false;
    this.#failure = { error, endedAt: this.clock.now() };
    this.#observers.forEach((observer) => observer.failed(error));
    const readers = [...this.#readers];
    this.#readers.clear();
    readers.forEach((reader) => reader.reject(error));
    this.#watchers.forEach((watcher) => watcher.failed(error));
    this.#scheduleNextRun();
  }

  /** Once for each cause: an outage may last, and a run is tried every few seconds. */
  #logFailure(error: unknown): void {
    const isKnown = this.#failure !== undefined && String(this.#failure.error) === String(error);
    if (isKnown || this.#isStopped) return;
    this.#logger.error(logTextOf(error));
  }

  async #nextSample(wanted: Wanted, signal?: AbortSignal): Promise<StatsSample> {
    let leave: (() => void) | undefined;
    try {
      return await new Promise<StatsSample>((resolve, reject) => {
        const reader: Reader = { ...wanted, resolve, reject };
        this.#readers.add(reader);
        leave = () => {
          this.#readers.delete(reader);
          reject(signal?.reason as Error);
        };
        signal?.addEventListener('abort', leave);
      });
    } finally {
      if (leave !== undefined) signal?.removeEventListener('abort', leave);
    }
  }

  #wantedNow(maxAgeMs = Infinity): Wanted {
    return { since: this.clock.now(), maxAgeMs: Math.min(maxAgeMs, this.settings.STATS_MAX_AGE_MS) };
  }

  #isKept({ endedAt }: Failure): boolean {
    return this.clock.now() < endedAt + FAILURE_KEPT_MS;
  }

  #isFresh(sample: StatsSample, { since, maxAgeMs }: Wanted): boolean {
    return sample.sampledAtMonotonicMs >= Math.min(since, this.clock.now() - maxAgeMs);
  }

  #scheduleNextRun(): void {
    if (this.#isRunning || this.#cancelNextRun !== undefined || !this.#isWanted()) return;
    const earliest = Math.max(
      this.#startedAt + this.settings.STATS_INTERVAL_MS,
      (this.#failure?.endedAt ?? -Infinity) + FAILURE_KEPT_MS,
    );
    this.#cancelNextRun = this.clock.after(Math.max(0, earliest - this.clock.now()), () => {
      this.#cancelNextRun = undefined;
      if (this.#isWanted()) this.#startRun();
    });
  }

  #isWanted(): boolean {
    if (this.#isStopped) return false;
    return (
      this.#watchers.size > 0 || this.clock.now() - this.#lastDemandAt < this.settings.STATS_IDLE_AFTER_MS
    );
  }
}
