import type { StatsSample } from './stats-sample.js';

/** How much is kept of what single keys ask for of one sample; what is asked for beyond that is made anew each time. */
const MAX_KEPT_BYTES = 33_554_432;

/** What an entry takes beside its bytes, about. */
const ENTRY_BYTES = 1024;

/** How much of that is kept of each sample, by all caches. */
const keptBytes = new WeakMap<StatsSample, number>();

/** Keeps what is made of samples, so that it is made once for all who ask; with its sample, it is gone. */
export class SampleCache<T extends { readonly size: number }> {
  readonly #entries = new WeakMap<StatsSample, Map<string, Promise<T>>>();

  /** What has been made of a sample, or is being made. */
  get(sample: StatsSample, id: string): Promise<T> | undefined {
    return this.#entries.get(sample)?.get(id);
  }

  /**
   * The same; made now where there is none.
   *
   * @param isShared whether it is the same for all clients: there are few of these, and they are kept in any case
   */
  getOrMake(sample: StatsSample, id: string, isShared: boolean, make: () => Promise<T>): Promise<T> {
    const entries = this.#entriesOf(sample);
    const known = entries.get(id);
    if (known !== undefined) return known;
    const making = make().then((made) => {
      if (isShared) return made;
      const whole = sample.partOf?.whole ?? sample;
      const bytes = (keptBytes.get(whole) ?? 0) + made.size + id.length + ENTRY_BYTES;
      if (bytes > MAX_KEPT_BYTES) entries.delete(id);
      else keptBytes.set(whole, bytes);
      return made;
    });
    making.catch(() => entries.delete(id));
    entries.set(id, making);
    return making;
  }

  #entriesOf(sample: StatsSample): Map<string, Promise<T>> {
    let entries = this.#entries.get(sample);
    if (entries === undefined) {
      entries = new Map();
      this.#entries.set(sample, entries);
    }
    return entries;
  }
}
