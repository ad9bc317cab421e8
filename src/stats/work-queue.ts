import { Injectable } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';

/** How many jobs of an owner may wait, where nothing else bounds their number. */
export const MAX_WAITING = 100;

/** How many jobs run at once: each takes memory until it is done. */
const MAX_RUNNING = 4;

interface Job {
  readonly run: () => Promise<void>;
  readonly result: Promise<unknown>;
}

/** The jobs of one owner. */
interface Lane {
  /** The oldest first. */
  readonly waiting: Map<string, Job>;
  isRunning: boolean;
}

/** Runs the jobs of several owners: of each owner one at a time, and the owners take turns. */
@Injectable()
export class WorkQueue {
  /** The lanes that have jobs, in the order of their turns. */
  readonly #lanes = new Map<string, Lane>();
  #running = 0;

  /**
   * Runs a job when its turn comes. A job with the id of one that still waits is not run: it gets the same result.
   *
   * @throws {ThrottlerException} when `maxWaiting` jobs of the owner are waiting already
   */
  run<T>(owner: string, id: string, maxWaiting: number, job: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(owner) ?? { waiting: new Map<string, Job>(), isRunning: false };
    const same = lane.waiting.get(id);
    if (same !== undefined) return same.result as Promise<T>;
    if (lane.waiting.size >= maxWaiting) {
      throw new ThrottlerException(`Too many requests at once: ${maxWaiting} of this API key are waiting`);
    }
    this.#lanes.set(owner, lane);
    let run!: Job['run'];
    const result = new Promise<T>((resolve, reject) => {
      run = () => job().then(resolve, reject);
    });
    lane.waiting.set(id, { run, result });
    this.#runNext();
    return result;
  }

  #runNext(): void {
    for (const [owner, lane] of this.#lanes) {
      if (this.#running >= MAX_RUNNING) return;
      if (!lane.isRunning) void this.#runOne(owner, lane);
    }
  }

  async #runOne(owner: string, lane: Lane): Promise<void> {
    const [[id, job] = []] = lane.waiting;
    if (id === undefined || job === undefined) return;
    lane.waiting.delete(id);
    lane.isRunning = true;
    this.#running++;
    await job.run();
    this.#running--;
    lane.isRunning = false;
    this.#lanes.delete(owner);
    if (lane.waiting.size > 0) this.#lanes.set(owner, lane); // behind the others
    this.#runNext();
  }
}
