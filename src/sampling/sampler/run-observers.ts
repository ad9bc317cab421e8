import type { RunReason } from '../pace/sampling-pace.js';
import type { StatsSample } from '../stats-sample.js';

/** Receives the result of every run: a sample or an error. */
export interface SampleWatcher {
  onSample(sample: StatsSample): void;
  onFailure(error: unknown): void;
}

/** Also receives why runs start, and whether planned samples were used. */
export interface RunObserver extends SampleWatcher {
  onStart(reason: RunReason): void;
  /** A planned sample is used for the first time, at this age. */
  onPlannedSampleUsed(ageMs: number): void;
  /** A planned sample was replaced before it was used. */
  onPlannedSampleUnused(): void;
}

/** Passes the observers every run, and finds out whether planned samples are used. */
export class RunObservers {
  readonly #observers = new Set<Partial<RunObserver>>();
  /** Whether the latest sample was planned, and no client has used it yet. */
  #isUnused = false;

  /** Adds an observer. */
  add(observer: Partial<RunObserver>): void {
    this.#observers.add(observer);
  }

  /** A run starts. */
  notifyStart(reason: RunReason): void {
    this.#observers.forEach((observer) => observer.onStart?.(reason));
  }

  /** A run returned a sample, which replaces the previous one. */
  notifySample(sample: StatsSample, reason: RunReason): void {
    if (this.#isUnused) this.#observers.forEach((observer) => observer.onPlannedSampleUnused?.());
    this.#isUnused = reason === 'planned';
    this.#observers.forEach((observer) => observer.onSample?.(sample));
  }

  /** A client uses the latest sample, which has this age. */
  notifyUse(ageMs: number): void {
    if (!this.#isUnused) return;
    this.#isUnused = false;
    this.#observers.forEach((observer) => observer.onPlannedSampleUsed?.(ageMs));
  }

  /** A run failed. */
  notifyFailure(error: unknown): void {
    this.#observers.forEach((observer) => observer.onFailure?.(error));
  }
}
