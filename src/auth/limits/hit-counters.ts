/** The length of a window. */
const WINDOW_MS = 60_000;

/** One more counter displaces the one whose window ends first. */
const MAX_COUNTERS = 10_000;

/** The state of a counter after a hit. */
export interface Hits {
  /** The hits in this window, including this one. */
  readonly count: number;
  /** Seconds until the window ends: a whole number, at least 1. */
  readonly endsInSeconds: number;
}

interface Counter {
  hits: number;
  readonly endsAt: number;
}

/**
 * Counts hits by key in windows of one minute, which start with the first hit. The time and memory of a counter do not depend
 * on its number of hits, and there are at most {@link MAX_COUNTERS} counters.
 */
export class HitCounters {
  /** In the order in which their windows end. */
  readonly #counters = new Map<string, Counter>();

  hit(key: string): Hits {
    const now = performance.now();
    let counter = this.#counters.get(key);
    if (counter === undefined || counter.endsAt <= now) counter = this.#startWindow(key, now);
    counter.hits++;
    return { count: counter.hits, endsInSeconds: Math.ceil((counter.endsAt - now) / 1000) };
  }

  /** Whether the current window has at least `limit` hits. */
  hasReached(key: string, limit: number): boolean {
    const counter = this.#counters.get(key);
    return counter !== undefined && counter.endsAt > performance.now() && counter.hits >= limit;
  }

  /** The number of counters. */
  get size(): number {
    return this.#counters.size;
  }

  #startWindow(key: string, now: number): Counter {
    this.#counters.delete(key);
    for (const [oldest, { endsAt }] of this.#counters) {
      if (endsAt > now && this.#counters.size < MAX_COUNTERS) break;
      this.#counters.delete(oldest);
    }
    const counter = { hits: 0, endsAt: now + WINDOW_MS };
    this.#counters.set(key, counter);
    return counter;
  }
}
