import { setTimeout as delay } from 'node:timers/promises';
import type { DockerEngine } from './docker-engine.js';

/** How long each container lives. */
const LIFE_MS = 8000;

/** A container that came and went: times of the wall clock, in milliseconds, between which it ran for certain. */
export interface ShortLived {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Starts a container every 0.4 s, each of which ends after a while, until it is told to stop. */
export class Churn {
  readonly #containers: Promise<ShortLived>[] = [];
  readonly #starting: Promise<void>;
  #isEnding = false;

  constructor(private readonly engine: DockerEngine) {
    this.#starting = this.#startContainers();
  }

  /** Starts no more, waits until all have ended, and tells which there were. */
  async end(): Promise<ShortLived[]> {
    this.#isEnding = true;
    await this.#starting;
    const containers = await Promise.all(this.#containers);
    await delay(LIFE_MS);
    return containers;
  }

  async #startContainers(): Promise<void> {
    while (!this.#isEnding) {
      this.#containers.push(this.#startOne(`churn-${this.#containers.length}`));
      await delay(400);
    }
  }

  async #startOne(name: string): Promise<ShortLived> {
    const earliest = Date.now();
    await this.engine.runContainer(name, `sleep ${LIFE_MS / 1000}`, '--rm');
    return { name, from: Date.now(), to: earliest + LIFE_MS };
  }
}
