import { setImmediate } from 'node:timers/promises';

/** How long one slice holds the event loop, in milliseconds. */
const SLICE_MS = 5;

/** Long work in slices, so that the event loop gets its turn: `if (slices.isOver) await slices.next();` */
export class TimeSlices {
  #endsAt = performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() >= this.#endsAt;
  }

  /** Lets everything else that waits run first. */
  async next(): Promise<void> {
    await setImmediate();
    this.#endsAt = performance.now() + SLICE_MS;
  }
}
