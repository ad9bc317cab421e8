import { getMeanPeriodMs, type NumberedPoll, type Poll, PREDICTIONS } from './predict-due.js';

/** How many requests a prediction uses. */
const HISTORY = 24;

/** Until this many requests are known, the client may be early or late by {@link FIRST_SPREAD_MS}. */
const FIRST_POLLS = 8;
const FIRST_SPREAD_MS = 1400;

/** The spread is the largest error so far, times this, plus {@link SPREAD_MARGIN_MS}. */
const SPREAD_FACTOR = 1.1;
const SPREAD_MARGIN_MS = 150;

/**
 * A request belongs to a due time if it comes within this share of the period, or later within this multiple of the spread, but at
 * least within {@link MIN_TOLERANCE_MS}.
 */
const TOLERANCE = 0.2;
const TOLERANCE_SPREADS = 3;
const MIN_TOLERANCE_MS = 1000;

/** With at least so many requests, a schedule survives one due time without a request. */
const PROVEN_POLLS = 5;

/** What the start of a run depends on. Times are in milliseconds of the monotonic `Clock`. */
export interface SamplingState {
  readonly now: number;
  /** When the latest sample was taken; `-Infinity` if there is none. */
  readonly sampledAt: number;
  /** The expected duration of a run. */
  readonly runMs: number;
  /** Clients that are due within this time share a run. */
  readonly shareMs: number;
}

/** A client that polls at a steady period: when its next request is due, and when to take a sample for it. */
export class PollSchedule {
  #polls: NumberedPoll[];
  /** The last errors of each prediction: positive if the request came late. */
  readonly #errors: number[][] = PREDICTIONS.map(() => []);
  #dueTimes: number[];
  #trusted = 0;
  /** How much earlier or later than predicted the client may come. */
  #spreadMs = 0;
  #missed = 0;
  #hadGap = false;
  #isBroken = false;

  /**
   * @param polls the requests so far, at least two
   * @param maxAgeMs the maximum age of a sample that the client accepts
   */
  constructor(
    polls: readonly Poll[],
    private maxAgeMs: number,
  ) {
    this.#polls = polls.map((poll, number) => ({ number, poll }));
    this.#dueTimes = this.#predict();
    this.#updateSpread();
  }

  get periodMs(): number {
    return getMeanPeriodMs(this.#polls);
  }

  /** Whether the period no longer describes the client. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Whether the client may send its next request now. */
  isDue(now: number): boolean {
    return this.getErrorMs(now) <= this.#toleranceMs;
  }

  /** The time between now and the nearest prediction of the next request. */
  getErrorMs(now: number): number {
    return Math.min(...this.#dueTimes.map((due) => Math.abs(now - due - this.#skippedMs)));
  }

  /** Adds the request that was due. */
  add(poll: Poll, maxAgeMs: number): void {
    this.maxAgeMs = maxAgeMs;
    const hasGap = this.#missed > 0;
    this.#isBroken = hasGap && this.#hadGap; // two gaps in a row: the client now polls at a longer period
    this.#hadGap = hasGap;
    for (const [index, errors] of this.#errors.entries()) {
      errors.push(poll.requestedAt - (this.#dueTimes[index] ?? NaN) - this.#skippedMs);
      if (errors.length > HISTORY) errors.shift();
    }
    const number = (this.#polls.at(-1)?.number ?? 0) + 1 + this.#missed;
    this.#polls = [...this.#polls.slice(1 - HISTORY), { number, poll }];
    this.#missed = 0;
    this.update();
  }

  /** Predicts again, after the time of a response has become known. */
  update(): void {
    this.#dueTimes = this.#predict();
    const totalErrors = this.#errors.map((errors) => errors.reduce((sum, error) => sum + Math.abs(error), 0));
    this.#trusted = totalErrors.indexOf(Math.min(...totalErrors));
    this.#updateSpread();
  }

  /** Counts due times that have passed without a request. A client that has missed its time once or twice has stopped. */
  countMissed(now: number): void {
    const lastDue = Math.max(...this.#dueTimes) + this.#toleranceMs;
    while (!this.#isBroken && now > lastDue + this.#skippedMs) {
      this.#missed++;
      this.#isBroken = this.#missed > this.#maxMissed;
    }
  }

  /** When to start the next run for this client; `undefined` if it needs none before its next request. */
  getNextStart(state: SamplingState): number | undefined {
    if (2 * this.maxAgeMs < this.#spreadMs) return undefined; // most samples would be too old
    for (let missed = this.#missed; missed <= this.#maxMissed; missed++) {
      const start = this.#getStart((this.#dueTimes[this.#trusted] ?? NaN) + missed * this.periodMs, state);
      if (start !== undefined) return start;
    }
    return undefined;
  }

  /**
   * A sample should be ready when the client may come first, and still be fresh when it may come last. If that is impossible, the
   * sample covers the time before the due time, and a second run follows at the due time.
   */
  #getStart(due: number, { now, sampledAt, runMs, shareMs }: SamplingState): number | undefined {
    const lastAt = due + this.#spreadMs;
    if (now >= lastAt) return undefined;
    const overlapMs = Math.min(runMs, this.maxAgeMs) / 3;
    const readyAt = Math.max(due - this.#spreadMs, due - this.maxAgeMs + overlapMs);
    const expiresAt = sampledAt + this.maxAgeMs;
    if (sampledAt >= readyAt - shareMs && expiresAt >= lastAt) return undefined;
    if (sampledAt < readyAt - runMs || expiresAt < readyAt) return readyAt - runMs;
    const secondStart = expiresAt - overlapMs;
    return secondStart + runMs < lastAt ? secondStart : undefined;
  }

  #predict(): number[] {
    return PREDICTIONS.map((predict) => predict(this.#polls));
  }

  #updateSpread(): void {
    const errors = this.#errors[this.#trusted] ?? [];
    const least = this.#polls.length < FIRST_POLLS ? FIRST_SPREAD_MS : 0;
    const largest = Math.max(least, ...errors.map((error) => Math.abs(error)));
    this.#spreadMs = SPREAD_FACTOR * largest + SPREAD_MARGIN_MS;
  }

  /** The length of the periods since the last request whose due time has passed. */
  get #skippedMs(): number {
    return this.#missed * this.periodMs;
  }

  get #toleranceMs(): number {
    const shareMs = TOLERANCE * this.periodMs;
    const isNew = this.#polls.length < FIRST_POLLS;
    return Math.max(
      isNew ? shareMs : Math.min(shareMs, TOLERANCE_SPREADS * this.#spreadMs),
      MIN_TOLERANCE_MS,
    );
  }

  get #maxMissed(): number {
    return this.#polls.length < PROVEN_POLLS ? 0 : 1;
  }
}
