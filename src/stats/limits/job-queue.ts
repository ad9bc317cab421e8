import { Injectable } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { ApiKey } from '../../config/api-keys/api-keys.js';

/** How many jobs run at once: each uses memory until it is done. */
const MAX_RUNNING = 4;

/** How many jobs of a kind may wait per key. Streams need no limit: their number is limited, and each has at most one job. */
const MAX_WAITING = { plain: 100, selection: 100, stream: Infinity, history: 100 } as const;

/**
 * - `plain`: all containers that the key may see
 * - `selection`: a response with a filter, an order or a limit
 * - `stream`: the next event of a stream
 * - `history`: a response from the kept samples
 */
export type JobKind = keyof typeof MAX_WAITING;

interface Job {
  readonly run: () => Promise<void>;
  readonly result: Promise<unknown>;
}

/** The jobs of one kind for one key; one runs at a time. */
interface Lane {
  /** By job id, oldest first. */
  readonly waiting: Map<string, Job>;
  isRunning: boolean;
}

/** Runs jobs for API keys. There is one lane per key and kind, which runs one job at a time. The lanes take turns. */
@Injectable()
export class JobQueue {
  /** The lanes with jobs; the first is next. */
  readonly #busy = new Set<Lane>();
  /** By key object, not by name: a new key may reuse the name. */
  readonly #lanes = new WeakMap<ApiKey, Record<JobKind, Lane>>();
  #running = 0;

  /**
   * Runs a job when its turn comes. If a job with the same id is waiting, returns the result of that job instead.
   *
   * @throws {ThrottlerException} if too many jobs of this kind wait for the key
   */
  run<T>(key: ApiKey, kind: JobKind, id: string, job: () => Promise<T>): Promise<T> {
    const lane = this.#getLanes(key)[kind];
    const same = lane.waiting.get(id);
    if (same !== undefined) return same.result as Promise<T>;
    if (lane.waiting.size >= MAX_WAITING[kind]) {
      throw new ThrottlerException(
        `Too many different requests at once: ${MAX_WAITING[kind]} requests of this API key are waiting; try again later`,
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

  #getLanes(key: ApiKey): Record<JobKind, Lane> {
    let lanes = this.#lanes.get(key);
    if (lanes === undefined) {
      lanes = { plain: createLane(), selection: createLane(), stream: createLane(), history: createLane() };
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
    if (lane.waiting.size > 0) this.#busy.add(lane); // at the end
    this.#runNext();
  }
}

function createLane(): Lane {
  return { waiting: new Map(), isRunning: false };
}
