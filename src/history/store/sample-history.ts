import type { OnModuleDestroy } from '@nestjs/common';
import type { ContainerStats } from 'docker-stats-client';
import type { Clock } from '../../sampling/clock.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import { FIGURES } from '../figures/figures.js';

/** A container that occurs in at least one kept sample. */
export interface KnownContainer {
  /** The container in the latest sample that had it. */
  latest: ContainerStats;
  /** When that sample was taken, in milliseconds since the Unix epoch. */
  lastSeenAt: number;
}

/** The containers of a sample. Consecutive samples with the same containers share it. */
export type Roster = readonly KnownContainer[];

/** One kept sample. */
export interface SampleBlock {
  /** When the sample was taken, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly roster: Roster;
  /** {@link FIGURES} of each container of the roster, one container after the other. `NaN` for a missing figure. */
  readonly figures: Float32Array;
}

/** The limits of a {@link SampleHistory}. */
export interface HistoryLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

/** Approximate sizes of objects in bytes: a block without its figures, a reference in a roster, a known container. */
const BLOCK_BYTES = 256;
const REFERENCE_BYTES = 8;
const CONTAINER_BYTES = 640;

/** Keeps the figures of the latest samples in memory. Numbers have 7 digits; docker prints at most 4. */
export class SampleHistory implements OnModuleDestroy {
  /** Oldest first. */
  readonly #blocks: SampleBlock[] = [];
  readonly #known = new Map<string, KnownContainer>();
  #blockBytes = 0;
  #latest: StatsSample | undefined;
  #adding: Promise<void> = Promise.resolve();
  #cancelClear: (() => void) | undefined;

  constructor(
    private readonly limits: HistoryLimits,
    private readonly clock: Pick<Clock, 'after'>,
  ) {}

  onModuleDestroy(): void {
    this.#cancelClear?.();
  }

  /** The memory that the history uses, in bytes. */
  get bytes(): number {
    return this.#blockBytes + this.#known.size * CONTAINER_BYTES;
  }

  /** The number of kept samples. */
  get size(): number {
    return this.#blocks.length;
  }

  /** The newest kept sample. */
  get latest(): StatsSample | undefined {
    return this.#latest;
  }

  /** Adds a sample, after those whose adding is still in progress. Works in time slices. */
  add(sample: StatsSample): void {
    this.#adding = this.#adding.then(() => this.#add(sample));
    this.#cancelClear?.();
    // If no sample follows, nothing else frees the memory of the old ones.
    this.#cancelClear = this.clock.after(this.limits.maxAgeMs, () => {
      this.#adding = this.#adding.then(() => this.#clear());
    });
  }

  /** Waits until all samples are added. */
  settle(): Promise<void> {
    return this.#adding;
  }

  /** Returns the samples taken between two moments, both included, unless they are too old at `now`. Oldest first. */
  read(since: number, until: number, now: number): SampleBlock[] {
    const start = Math.max(since, this.#getOldest(now));
    return this.#blocks.slice(
      this.#findFirst((at) => at >= start),
      this.#findFirst((at) => at > until),
    );
  }

  /** Returns the containers of the samples that are not too old at `now`. */
  findContainers(now: number): KnownContainer[] {
    const oldest = this.#getOldest(now);
    return [...this.#known.values()].filter(({ lastSeenAt }) => lastSeenAt >= oldest);
  }

  async #add(sample: StatsSample): Promise<void> {
    const slices = new TimeSlices('sample');
    const at = sample.sampledAt.getTime();
    // The clock was set back. Times must ascend, so the history starts again.
    if (at < (this.#blocks.at(-1)?.at ?? -Infinity)) this.#clear();
    const roster: KnownContainer[] = [];
    const figures = new Float32Array(sample.containers.length * FIGURES.length);
    let position = 0;
    await slices.forEach(sample.containers, (container) => {
      roster.push(this.#update(container, at));
      for (const name of FIGURES) figures[position++] = container[name] ?? NaN;
    });
    this.#append({ at, roster: this.#share(roster), figures });
    this.#latest = sample;
    await slices.forEach(this.#findExcess(at), () => this.#dropOldest());
  }

  /** Notes that a container was seen. */
  #update(container: ContainerStats, at: number): KnownContainer {
    const known = this.#known.get(container.id);
    if (known === undefined) {
      const added = { latest: container, lastSeenAt: at };
      this.#known.set(container.id, added);
      return added;
    }
    known.latest = container;
    known.lastSeenAt = at;
    return known;
  }

  /** Returns the roster of the newest block if it has the same containers. */
  #share(roster: Roster): Roster {
    const previous = this.#blocks.at(-1)?.roster ?? [];
    const isSame = previous.length === roster.length && previous.every((known, n) => known === roster[n]);
    return isSame ? previous : roster;
  }

  #append(block: SampleBlock): void {
    this.#blockBytes += getBytes(block, this.#blocks.at(-1));
    this.#blocks.push(block);
  }

  /** Yields the oldest block as long as it is too old, or the history too large. */
  *#findExcess(now: number): Generator<SampleBlock> {
    for (let [block] = this.#blocks; block !== undefined; [block] = this.#blocks) {
      if (block.at >= this.#getOldest(now) && this.bytes <= this.limits.maxBytes) return;
      yield block;
    }
  }

  #dropOldest(): void {
    const block = this.#blocks.shift();
    if (block === undefined) return;
    const [next] = this.#blocks;
    this.#blockBytes -= getBytes(block, next);
    if (next?.roster === block.roster) return;
    for (const { latest, lastSeenAt } of block.roster) {
      if (lastSeenAt <= block.at) this.#known.delete(latest.id);
    }
  }

  #clear(): void {
    this.#blocks.length = 0;
    this.#known.clear();
    this.#blockBytes = 0;
    this.#latest = undefined;
  }

  /** Returns the index of the first block whose time fulfils a condition that all later times fulfil, too. */
  #findFirst(isFulfilled: (at: number) => boolean): number {
    let [low, high] = [0, this.#blocks.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isFulfilled(this.#blocks[middle]?.at ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #getOldest(now: number): number {
    return now - this.limits.maxAgeMs;
  }
}

/** Returns the size of a block; the roster counts only if the neighbour does not share it. */
function getBytes({ figures, roster }: SampleBlock, neighbour: SampleBlock | undefined): number {
  const own = neighbour?.roster === roster ? 0 : roster.length * REFERENCE_BYTES;
  return BLOCK_BYTES + figures.byteLength + own;
}
