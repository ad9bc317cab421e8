import { setTimeout as delay } from 'node:timers/promises';
import type { DockerEngine } from './docker-engine.js';

/** How long each container lives. */
const LIFE_MS = 8000;

/** How long after its end docker may need to notice, on a busy machine. */
const END_MS = 2000;

/** How many are being started at once, at most: a frozen daemon gets all of them in the moment that it wakes. */
const MAX_STARTING = 4;

/** A container that came and went; times of the wall clock, in milliseconds. */
export interface ShortLived {
  /** Empty, if it could not be started. */
  readonly id: string;
  readonly name: string;
  /** Between these it ran for certain, unless its daemon was stopped meanwhile. */
  readonly from: number;
  readonly to: number;
  /** Before and after these it certainly did not. */
  readonly earliest: number;
  readonly latest: number;
}

/** Starts a container every now and then, each of which ends after a while, until it is told to stop. */
export class Churn {
  readonly #containers: Promise<ShortLived>[] = [];
  readonly #working: Promise<void>;
  #starting = 0;
  #isEnding = false;

  constructor(
    private readonly engine: DockerEngine,
    private readonly everyMs = 400,
  ) {
    this.#working = this.#startContainers();
  }

  /** Starts no more, and tells which there were. */
  async stop(): Promise<ShortLived[]> {
    this.#isEnding = true;
    await this.#working;
    return Promise.all(this.#containers);
  }

  /** The same, and waits until all have ended. */
  async end(): Promise<ShortLived[]> {
    const containers = await this.stop();
    await delay(LIFE_MS);
    return containers;
  }

  async #startContainers(): Promise<void> {
    while (!this.#isEnding) {
      if (this.#starting < MAX_STARTING)
        this.#containers.push(this.#startOne(`churn-${this.#containers.length}`));
      await delay(this.everyMs);
    }
  }

  /** One that cannot be started, because the daemon is down, is no error; it may be there all the same. */
  async #startOne(name: string): Promise<ShortLived> {
    const earliest = Date.now();
    this.#starting++;
    const id = await this.engine.runContainer(name, `sleep ${LIFE_MS / 1000}`, '--rm').catch(() => '');
    this.#starting--;
    const now = Date.now();
    const certain = id === '' ? { from: Infinity, to: -Infinity } : { from: now, to: earliest + LIFE_MS };
    return { id, name, ...certain, earliest, latest: now + LIFE_MS + END_MS };
  }
}
