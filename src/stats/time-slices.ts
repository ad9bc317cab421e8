import { setImmediate } from 'node:timers/promises';

/** How long one slice holds the event loop, in milliseconds. */
const SLICE_MS = 5;

/**
 * Long work in slices, so that the event loop gets its turn: `if (slices.isOver) await slices.next();`. However many
 * works there are at once, each turn of the event loop has one slice of one of them.
 */
export class TimeSlices {
  static #lastTurn: Promise<unknown> = Promise.resolve();
  static #waiting = 0;

  /** Over at once where others wait for their turn already. */
  #endsAt = TimeSlices.#waiting > 0 ? 0 : performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() >= this.#endsAt;
  }

  /** Lets everything else that waits run first. */
  async next(): Promise<void> {
    TimeSlices.#waiting++;
    const turn = TimeSlices.#lastTurn.then(() => setImmediate());
    TimeSlices.#lastTurn = turn;
    await turn;
    TimeSlices.#waiting--;
    this.#endsAt = performance.now() + SLICE_MS;
  }
}

/** What becomes of each item, in time slices. */
export async function mapInSlices<T, U>(items: readonly T[], convert: (item: T) => U): Promise<U[]> {
  const converted: U[] = [];
  const slices = new TimeSlices();
  for (const item of items) {
    if (slices.isOver) await slices.next(); // oxlint-disable-line no-await-in-loop -- that is the point
    converted.push(convert(item));
  }
  return converted;
}
