import type { ThrottlerStorage } from '@nestjs/throttler';

/** What a counter says after a hit; the words are `@nestjs/throttler`'s, the times in seconds. */
export type HitRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** The window of every limit. */
export const MINUTE_MS = 60_000;

/** How many keys and networks are counted at once; one more displaces the one whose time ends first. */
const MAX_COUNTERS = 10_000;

interface Counter {
  hits: number;
  readonly endsAt: number;
}

/**
 * Counts hits in windows of a fixed length, each from the first hit on. Takes the same time and memory however many hits
 * there are (the throttler's own storage keeps each one), and no more memory than {@link MAX_COUNTERS} take.
 */
export class RateLimitStorage implements ThrottlerStorage {
  /** The oldest first: with windows of one length, those that end first. */
  readonly #counters = new Map<string, Counter>();

  /** Counts a hit. Blocked is who goes over the limit, until the window ends. */
  hit(key: string, ttlMs: number, limit: number): HitRecord {
    const now = performance.now();
    let counter = this.#counters.get(key);
    if (counter === undefined || counter.endsAt <= now) counter = this.#begin(key, now, ttlMs);
    counter.hits++;
    const seconds = Math.ceil((counter.endsAt - now) / 1000);
    return {
      totalHits: counter.hits,
      timeToExpire: seconds,
      isBlocked: counter.hits > limit,
      timeToBlockExpire: counter.hits > limit ? seconds : 0,
    };
  }

  /** {@link hit} for the throttler; there is no other time of blocking than the rest of the window. */
  increment(key: string, ttlMs: number, limit: number): Promise<HitRecord> {
    return Promise.resolve(this.hit(key, ttlMs, limit));
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

  #begin(key: string, now: number, ttlMs: number): Counter {
    this.#counters.delete(key);
    for (const [oldest, { endsAt }] of this.#counters) {
      if (endsAt > now && this.#counters.size < MAX_COUNTERS) break;
      this.#counters.delete(oldest);
    }
    const counter = { hits: 0, endsAt: now + ttlMs };
    this.#counters.set(key, counter);
    return counter;
  }
}
