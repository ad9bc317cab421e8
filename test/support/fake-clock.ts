import { setImmediate } from 'node:timers/promises';
import { Clock } from '../../src/sampling/clock.js';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** A clock that moves when a test says so. */
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

  /** How many actions wait for their time. */
  get timerCount(): number {
    return this.#timers.size;
  }

  /** Moves on, runs what is due in its order, and after each lets everything happen that follows from it. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (let timer = this.#nextBefore(until); timer !== undefined; timer = this.#nextBefore(until)) {
      this.#now = timer.at;
      this.#timers.delete(timer);
      timer.action();
      await settled();
    }
    this.#now = until;
  }

  #nextBefore(until: number): Timer | undefined {
    const [first] = [...this.#timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
    return first;
  }
}

/** Lets everything happen that follows; on a busy machine, reading a sample may take a turn of the event loop more. */
async function settled(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one turn after the other
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}
