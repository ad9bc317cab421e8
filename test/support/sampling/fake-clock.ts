import { setImmediate } from 'node:timers/promises';
import { Clock } from '../../../src/sampling/clock.js';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** A clock that only `advance()` moves. */
export class FakeClock extends Clock {
  #now = 1_000_000;
  readonly #timers = new Set<Timer>();

  override now(): number {
    return this.#now;
  }

  override after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#now + delayMs, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The number of pending timers. */
  get timerCount(): number {
    return this.#timers.size;
  }

  /** Moves the clock and runs the due timers in order. After each timer, pending promises are settled. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settlePromises();
    for (let timer = this.#nextBefore(until); timer !== undefined; timer = this.#nextBefore(until)) {
      this.#now = timer.at;
      this.#timers.delete(timer);
      timer.action();
      await settlePromises();
    }
    this.#now = until;
  }

  #nextBefore(until: number): Timer | undefined {
    const [first] = [...this.#timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
    return first;
  }
}

/** Waits three turns of the event loop: on a busy machine, parsing a sample may take more than one. */
async function settlePromises(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one turn after the other
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}
