import { Injectable } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { ApiKey } from '../../config/api-keys/api-keys.js';

/** How many jobs run at once: each takes memory until it is done. */
const MAX_RUNNING = 4;

/** How many jobs of a kind may wait for one key; streams are bounded already, and each has one job at a time. */
const MAX_WAITING = { plain: 100, selection: 100, stream: Infinity } as const;

/** What a job is for: what a key sees without a choice, a choice among it, or the next event of a stream. */
export type JobKind = keyof typeof MAX_WAITING;

interface Job {
  readonly run: () => Promise<void>;
  readonly result: Promise<unknown>;
}

/** The jobs of one kind for one key. */
interface Lane {
  /** The oldest first. */
  readonly waiting: Map<string, Job>;
  isRunning: boolean;
}

/** Runs jobs for API keys: of each key and kind one at a time, and these take turns. */
@Injectable()
export class WorkQueue {
  /** The lanes that have jobs, in the order of their turns. */
  readonly #busy = new Set<Lane>();
  /** By the key itself: another key may have its name later. */
  readonly #lanes = new WeakMap<ApiKey, Record<JobKind, Lane>>();
  #running = 0;

  /**
   * Runs a job when its turn comes. A job with the id of one that still waits is not run: it gets the same result.
   *
   * @throws {ThrottlerException} when too many jobs of this kind wait for the key
   */
  run<T>(key: ApiKey, kind: JobKind, id: string, job: () => Promise<T>): Promise<T> {
    const lane = this.#lanesOf(key)[kind];
    const same = lane.waiting.get(id);
    if (same !== undefined) return same.result as Promise<T>;
    if (lane.waiting.size >= MAX_WAITING[kind]) {
      throw new ThrottlerException(
        `Too many different requests at once: ${MAX_WAITING[kind]} of this API key are waiting`,
      );
    }
    let run!: Job['run'];
    const result = new Promise<T>((resolve, reject) => {
      run = () => job().then(resolve, reject);
    });
    lane.waiting.set(id, { run, result });
    this.#busy.add(lane);
    this.#runNext();
    return result;
  }

  #lanesOf(key: ApiKey): Record<JobKind, Lane> {
    let lanes = this.#lanes.get(key);
    if (lanes === undefined) {
      lanes = { plain: emptyLane(), selection: emptyLane(), stream: emptyLane() };
      this.#lanes.set(key, lanes);
    }
    return lanes;
  }

  #runNext(): void {
    for (const lane of this.#busy) {
      if (this.#running >= MAX_RUNNING) return;
      if (!lane.isRunning) void this.#runOne(lane);
    }
  }

  async #runOne(lane: Lane): Promise<void> {
    const [[id, job] = []] = lane.waiting;
    if (id === undefined || job === undefined) return;
    lane.waiting.delete(id);
    lane.isRunning = true;
    this.#running++;
    await job.run();
    this.#running--;
    lane.isRunning = false;
    this.#busy.delete(lane);
    if (lane.waiting.size > 0) this.#busy.add(lane); // behind the others
    this.#runNext();
  }
}

function emptyLane(): Lane {
  return { waiting: new Map(), isRunning: false };
}
