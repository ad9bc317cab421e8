import type { RunReason } from '../pace/sampling-pace.js';
import type { StatsSample } from '../stats-sample.js';

/** Receives the result of every run: a sample or an error. */
export interface SampleWatcher {
  onSample(sample: StatsSample): void;
  onFailure(error: unknown): void;
}

/** Also receives why runs start, which reads share them, and whether planned samples were used. */
export interface RunObserver extends SampleWatcher {
  onStart(reason: RunReason): void;
  /** A read waits for a run that was already in progress. */
  onSharedRead(): void;
  /** A planned sample is used for the first time, at this age. */
  onPlannedSampleUsed(ageMs: number): void;
  /** A planned sample was replaced before it was used. */
  onPlannedSampleUnused(): void;
}

/** Passes the observers every run, and finds out whether planned samples are used. Samplers may share it. */
export class RunObservers {
  readonly #observers = new Set<Partial<RunObserver>>();
  /** The planned samples that no client has used yet. */
  readonly #unused = new WeakSet<StatsSample>();

  /** Adds an observer. */
  add(observer: Partial<RunObserver>): void {
    this.#observers.add(observer);
  }

  /** A run starts. */
  notifyStart(reason: RunReason): void {
    this.#observers.forEach((observer) => observer.onStart?.(reason));
  }

  /** A read waits for a run that was already in progress. */
  notifySharedRead(): void {
    this.#observers.forEach((observer) => observer.onSharedRead?.());
  }

  /** A run returned a sample, which replaces the previous one. */
  notifySample(sample: StatsSample, reason: RunReason, previous: StatsSample | undefined): void {
    if (previous !== undefined && this.#unused.delete(previous)) {
      this.#observers.forEach((observer) => observer.onPlannedSampleUnused?.());
    }
    if (reason === 'planned') this.#unused.add(sample);
    this.#observers.forEach((observer) => observer.onSample?.(sample));
  }

  /** A client uses a sample, which has this age. */
  notifyUse(sample: StatsSample, ageMs: number): void {
    if (!this.#unused.delete(sample)) return;
    this.#observers.forEach((observer) => observer.onPlannedSampleUsed?.(ageMs));
  }

  /** A run failed. */
  notifyFailure(error: unknown): void {
    this.#observers.forEach((observer) => observer.onFailure?.(error));
  }
}
