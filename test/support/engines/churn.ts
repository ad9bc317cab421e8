import { setTimeout as delay } from 'node:timers/promises';
import type { DockerEngine } from './docker-engine.js';

/** How long each container runs. */
const LIFETIME_MS = 8000;

/** How long docker may list a container after its end, on a busy machine. */
const REMOVAL_MS = 2000;

/** Maximum number of `docker run` at a time: a frozen daemon starts all of them at once when it wakes up. */
const MAX_STARTING = 4;

/** A container that ran for a few seconds. Times are wall-clock times in milliseconds. */
export interface ShortLived {
  /** Empty if it could not be started. */
  readonly id: string;
  readonly name: string;
  /** The container certainly ran from `from` to `to`, unless its daemon was stopped meanwhile. */
  readonly from: number;
  readonly to: number;
  /** The container certainly did not run before `earliest` or after `latest`. */
  readonly earliest: number;
  readonly latest: number;
}

/** Starts short-lived containers at a fixed interval until it is stopped. */
export class Churn {
  readonly #containers: Promise<ShortLived>[] = [];
  readonly #loop: Promise<void>;
  #starting = 0;
  #isStopped = false;

  constructor(
    private readonly engine: DockerEngine,
    private readonly everyMs = 400,
  ) {
    this.#loop = this.#startContainers();
  }

  /** Stops starting containers. Returns all that it started. */
  async stop(): Promise<ShortLived[]> {
    this.#isStopped = true;
    await this.#loop;
    return Promise.all(this.#containers);
  }

  async #startContainers(): Promise<void> {
    while (!this.#isStopped) {
      if (this.#starting < MAX_STARTING)
        this.#containers.push(this.#startOne(`churn-${this.#containers.length}`));
      await delay(this.everyMs);
    }
  }

  /** Starts one container. A failure is ignored because the daemon may be down; the container may exist nevertheless. */
  async #startOne(name: string): Promise<ShortLived> {
    const earliest = Date.now();
    this.#starting++;
    const id = await this.engine.runContainer(name, `sleep ${LIFETIME_MS / 1000}`, '--rm').catch(() => '');
    this.#starting--;
    const now = Date.now();
    const certain = id === '' ? { from: Infinity, to: -Infinity } : { from: now, to: earliest + LIFETIME_MS };
    return { id, name, ...certain, earliest, latest: now + LIFETIME_MS + REMOVAL_MS };
  }
}
