/** The length of every window. */
const WINDOW_MS = 60_000;

/** How many keys and networks are counted at once; one more displaces the one whose window ends first. */
const MAX_COUNTERS = 10_000;

/** What a counter says after a hit. */
export interface Hits {
  /** How many there have been in the window, with this one. */
  readonly count: number;
  /** When the window ends, in seconds from now: a whole number, at least 1. */
  readonly endsInSeconds: number;
}

interface Counter {
  hits: number;
  readonly endsAt: number;
}

/**
 * Counts hits in windows of a minute, each from the first hit on. Takes the same time and memory however many hits there are,
 * and no more memory than {@link MAX_COUNTERS} take.
 */
export class HitCounters {
  /** The oldest first: those that end first. */
  readonly #counters = new Map<string, Counter>();

  /** Counts a hit. */
  hit(key: string): Hits {
    const now = performance.now();
    let counter = this.#counters.get(key);
    if (counter === undefined || counter.endsAt <= now) counter = this.#begin(key, now);
    counter.hits++;
    return { count: counter.hits, endsInSeconds: Math.ceil((counter.endsAt - now) / 1000) };
  }

  /** Whether so many hits have been counted in the window that still lasts. */
  hasReached(key: string, limit: number): boolean {
    const counter = this.#counters.get(key);
    return counter !== undefined && counter.endsAt > performance.now() && counter.hits >= limit;
  }

  /** How many counters are kept. */
  get size(): number {
    return this.#counters.size;
  }

  #begin(key: string, now: number): Counter {
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
