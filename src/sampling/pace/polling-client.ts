import { Logger } from '@nestjs/common';
import { findPeriod, type PeriodLimits } from './find-period.js';
import { PollSchedule, type SamplingState } from './poll-schedule.js';
import type { Poll } from './predict-due.js';

/** Requests of one client within this time count as one: a page, for example, may need several routes. */
const BURST_MS = 250;

/** How many requests without a known period are kept. */
const MAX_IRREGULAR = 12;

/** Several programs may share an address and a key, such as two replicas of Prometheus behind a proxy. */
const MAX_SCHEDULES = 4;

/** Two predictions are equally good if their errors differ by at most this. */
const SIMILAR_ERROR_MS = 500;

/** How many runs are planned for a client after its last request. Then it has probably stopped. */
const MAX_PLANNED_RUNS = 2;

/** What a request was: part of the same burst as the one before, expected, or neither. */
export type RequestKind = 'repeated' | 'expected' | 'irregular';

/** Learns the periods at which one client, that is one API key at one address, sends requests. */
export class PollingClient {
  readonly #logger = new Logger(PollingClient.name);
  readonly #irregular: Poll[] = [];
  #schedules: PollSchedule[] = [];
  #plannedRuns = 0;
  #last: { readonly poll: Poll; readonly schedule?: PollSchedule } | undefined;

  /** @param name identifies the client in the log */
  constructor(readonly name: string) {}

  /** When the client sent its last request. */
  get lastRequestAt(): number {
    return this.#last?.poll.requestedAt ?? -Infinity;
  }

  /** Adds a request; `maxAgeMs` is the maximum age of a sample that it accepts. */
  addRequest(now: number, maxAgeMs: number, limits: PeriodLimits): RequestKind {
    if (now - this.lastRequestAt < BURST_MS) return 'repeated';
    const poll = { requestedAt: now, respondedAt: now };
    this.#plannedRuns = 0;
    this.#dropBroken(now);
    const schedule = this.#findDueSchedule(now);
    if (schedule !== undefined) {
      schedule.add(poll, maxAgeMs);
      this.#last = { poll, schedule };
      if (schedule.periodMs > limits.minMs) return 'expected';
      this.#drop([schedule]);
      return 'irregular';
    }
    this.#last = { poll };
    this.#irregular.push(poll);
    if (this.#irregular.length > MAX_IRREGULAR) this.#irregular.shift();
    return this.#learnPeriod(poll, maxAgeMs, limits) ? 'expected' : 'irregular';
  }

  /** Notes that the last request got its response now. */
  addResponse(now: number): void {
    if (this.#last === undefined) return;
    this.#last.poll.respondedAt = now;
    this.#last.schedule?.update();
  }

  /** Whether a period of the client is known. */
  hasPeriod(now: number): boolean {
    this.#dropBroken(now);
    return this.#schedules.length > 0;
  }

  /** When to start the next run for this client; `Infinity` if it needs none before its next request. */
  getNextStart(state: SamplingState): number {
    this.#dropBroken(state.now);
    if (this.#plannedRuns === MAX_PLANNED_RUNS) return Infinity;
    return Math.min(...this.#schedules.map((schedule) => schedule.getNextStart(state) ?? Infinity));
  }

  /** Counts a run that was planned for this client. */
  countPlannedRun(): void {
    this.#plannedRuns++;
  }

  /** Drops the periods that the client no longer keeps. */
  #dropBroken(now: number): void {
    for (const schedule of this.#schedules) schedule.countMissed(now);
    this.#drop(this.#schedules.filter(({ isBroken }) => isBroken));
  }

  /** Finds the schedule that predicted this time best. Of equally good ones, the shortest period counts, so that a longer one ends. */
  #findDueSchedule(now: number): PollSchedule | undefined {
    const due = this.#schedules.filter((schedule) => schedule.isDue(now));
    const leastErrorMs = Math.min(...due.map((schedule) => schedule.getErrorMs(now)));
    const [best] = due
      .filter((schedule) => schedule.getErrorMs(now) <= leastErrorMs + SIMILAR_ERROR_MS)
      .toSorted((a, b) => a.periodMs - b.periodMs);
    return best;
  }

  #learnPeriod(last: Poll, maxAgeMs: number, limits: PeriodLimits): boolean {
    const polls = findPeriod(this.#irregular, limits);
    if (polls === undefined) return false;
    for (const poll of polls) this.#irregular.splice(this.#irregular.indexOf(poll), 1);
    const schedule = new PollSchedule(polls, maxAgeMs);
    this.#last = { poll: last, schedule };
    this.#logger.debug(`Client ${this.name} polls every ${formatPeriod(schedule)}`);
    this.#drop(this.#schedules.slice(0, -(MAX_SCHEDULES - 1)));
    this.#schedules.push(schedule);
    return true;
  }

  #drop(schedules: readonly PollSchedule[]): void {
    if (schedules.length === 0) return;
    this.#schedules = this.#schedules.filter((schedule) => !schedules.includes(schedule));
    for (const schedule of schedules) {
      this.#logger.debug(`Client ${this.name} no longer polls every ${formatPeriod(schedule)}`);
    }
  }
}

function formatPeriod({ periodMs }: PollSchedule): string {
  return `${(periodMs / 1000).toFixed(1)} s`;
}
