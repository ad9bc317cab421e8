import type { StatsSample } from './stats-sample.js';

/** The usual limit for unshared values per sample, in bytes. Beyond it, they are not cached. */
export const MAX_UNSHARED_BYTES = 33_554_432;

/** The approximate overhead of an entry. */
const ENTRY_OVERHEAD_BYTES = 1024;

/** The bytes of unshared values per sample, in all caches together. */
const unsharedBytes = new WeakMap<StatsSample, number>();

/** Caches values made from samples, so that clients share them. An entry is dropped together with its sample. */
export class SampleCache<T extends { readonly size: number }> {
  readonly #entries = new WeakMap<StatsSample, Map<string, Promise<T>>>();

  constructor(private readonly maxUnsharedBytes = MAX_UNSHARED_BYTES) {}

  /** Returns a value that is cached or being made. */
  get(sample: StatsSample, id: string): Promise<T> | undefined {
    return this.#entries.get(sample)?.get(id);
  }

  /**
   * Returns a value; makes it if it is neither cached nor being made.
   *
   * @param isShared whether all clients get the same value. There are few such values, so the limit ignores them.
   */
  getOrMake(sample: StatsSample, id: string, isShared: boolean, make: () => Promise<T>): Promise<T> {
    const entries = this.#getEntries(sample);
    const cached = entries.get(id);
    if (cached !== undefined) return cached;
    const making = make().then((value) => {
      if (isShared) return value;
      const whole = sample.partOf?.whole ?? sample;
      const bytes = (unsharedBytes.get(whole) ?? 0) + value.size + id.length + ENTRY_OVERHEAD_BYTES;
      if (bytes > this.maxUnsharedBytes) entries.delete(id);
      else unsharedBytes.set(whole, bytes);
      return value;
    });
    making.catch(() => entries.delete(id));
    entries.set(id, making);
    return making;
  }

  #getEntries(sample: StatsSample): Map<string, Promise<T>> {
    let entries = this.#entries.get(sample);
    if (entries === undefined) {
      entries = new Map();
      this.#entries.set(sample, entries);
    }
    return entries;
  }
}
