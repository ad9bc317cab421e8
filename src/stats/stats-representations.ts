import { Injectable } from '@nestjs/common';
import { type Content, Representation } from './representation.js';
import { selectByName } from './select-by-name.js';
import { csvOf } from './stats-csv.js';
import type { StatsFormat } from './stats-format.js';
import type { ContainerStats, StatsSample } from './stats-sample.js';
import { tableOf } from './stats-table.js';
import { basicView } from './stats-views.js';
import { mapInSlices } from './time-slices.js';

/** Which containers of a sample are wanted, and how much of them. */
export interface StatsSelection {
  readonly view?: 'full';
  /** Patterns of container names; a container that matches one of them is wanted. */
  readonly name?: readonly string[];
}

/** How much is kept for one sample, its parts together; what is asked for beyond that is made anew each time. */
const MAX_KEPT_BYTES = 33_554_432;

/** What an entry takes beside its bytes, about. */
const ENTRY_BYTES = 1024;

const CSV = 'text/csv; charset=utf-8; header=present';
const TEXT = 'text/plain; charset=utf-8';

/** What has been made of one sample, or part of one. */
interface Kept {
  readonly byKey: Map<string, Promise<Representation>>;
  /** That of the whole sample. */
  readonly budget: { bytes: number };
}

/** Makes the {@link Representation}s of samples: each once, on first use, and in time slices. */
@Injectable()
export class StatsRepresentations {
  readonly #kept = new WeakMap<StatsSample, Kept>();

  /** All containers of the sample, or those that are selected. */
  list(
    sample: StatsSample,
    { view, name: patterns }: StatsSelection,
    format: StatsFormat = 'json',
  ): Promise<Representation> {
    const names = patterns && JSON.stringify([...new Set(patterns)].toSorted());
    return this.#once(sample, `${format} ${view ?? 'basic'} ${names ?? ''}`, async () => {
      const containers = patterns
        ? await selectByName(sample.containers, patterns, nameOf)
        : sample.containers;
      if (format === 'csv') return { type: CSV, body: await csvOf(containers, view) };
      if (format === 'text') return { type: TEXT, body: await tableOf(containers, view, sample.skipped) };
      if (view === 'full') return fullContent(sample, containers);
      return { body: await jsonArray(containers, basicView) };
    });
  }

  /** One container of the sample, with every figure. */
  container(sample: StatsSample, container: ContainerStats): Promise<Representation> {
    return this.#once(sample, `container ${container.id}`, () => ({
      body: JSON.stringify(container),
    }));
  }

  #once(sample: StatsSample, key: string, write: () => Content | Promise<Content>): Promise<Representation> {
    const kept = this.#keptOf(sample);
    const known = kept.byKey.get(key);
    if (known !== undefined) return known;
    const making = (async () => {
      const representation = new Representation(sample, await write());
      const bytes = representation.size + key.length + ENTRY_BYTES;
      if (kept.budget.bytes + bytes > MAX_KEPT_BYTES) kept.byKey.delete(key);
      else kept.budget.bytes += bytes;
      return representation;
    })();
    making.catch(() => kept.byKey.delete(key));
    kept.byKey.set(key, making);
    return making;
  }

  #keptOf(sample: StatsSample): Kept {
    let kept = this.#kept.get(sample);
    if (kept === undefined) {
      const budget = sample.partOf ? this.#keptOf(sample.partOf.whole).budget : { bytes: 0 };
      kept = { byKey: new Map(), budget };
      this.#kept.set(sample, kept);
    }
    return kept;
  }
}

function nameOf({ name }: ContainerStats): string {
  return name;
}

/** The JSON text of `FullStats`. */
async function fullContent(sample: StatsSample, containers: readonly ContainerStats[]): Promise<Content> {
  const sampledAt = sample.sampledAt.toISOString();
  const [durationMs, skipped] = [Math.round(sample.durationMs), JSON.stringify(sample.skipped)];
  return {
    head: (ageMs) => `{"sampledAt":"${sampledAt}","ageMs":${Math.round(ageMs)}`,
    body: `,"durationMs":${durationMs},"containers":${await jsonArray(containers)},"skipped":${skipped}}`,
  };
}

async function jsonArray<T>(
  items: readonly T[],
  view: (item: T) => unknown = (item) => item,
): Promise<string> {
  const texts = await mapInSlices(items, (item) => JSON.stringify(view(item)));
  return `[${texts.join(',')}]`;
}
