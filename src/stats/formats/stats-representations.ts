import { Injectable } from '@nestjs/common';
import type { ContainerStats } from 'docker-stats-client';
import { jsonText } from '../../http/responses/json-text.js';
import { type Content, Representation } from './representation.js';
import { SampleCache } from '../../sampling/sample-cache.js';
import { selectByName } from '../selection/select-by-name.js';
import { csvOf } from './stats-csv.js';
import type { StatsFormat } from './stats-format.js';
import { jsonOf } from './stats-json.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { tableOf } from './stats-table.js';
import { TimeSlices } from '../../sampling/time-slices.js';

/** Which containers of a sample are wanted, and how much of them. */
export interface StatsSelection {
  readonly view?: 'full';
  /** Patterns of container names; a container that matches one of them is wanted. */
  readonly name?: readonly string[];
}

const CSV = 'text/csv; charset=utf-8; header=present';
const TEXT = 'text/plain; charset=utf-8';

/** Makes the {@link Representation}s of samples: each once, on first use, and in time slices. */
@Injectable()
export class StatsRepresentations {
  readonly #cache = new SampleCache<Representation>();

  /** What {@link list} has made already, or is making. */
  find(
    sample: StatsSample,
    selection: StatsSelection,
    format: StatsFormat,
  ): Promise<Representation> | undefined {
    return this.#cache.get(sample, listId(selection, format));
  }

  /** All containers of the sample, or those that are selected. */
  list(sample: StatsSample, selection: StatsSelection, format: StatsFormat): Promise<Representation> {
    const { view, name: patterns } = selection;
    const shared = isShared(sample, selection);
    return this.#cache.getOrMake(sample, listId(selection, format), shared, async () => {
      const slices = new TimeSlices(shared ? 'shared' : 'own');
      const containers = patterns
        ? await selectByName(sample.containers, patterns, ({ name }) => name, slices)
        : sample.containers;
      return new Representation(sample, await contentOf(sample, containers, { view, format, slices }));
    });
  }

  /** One container of the sample, with every figure. */
  container(sample: StatsSample, container: ContainerStats): Promise<Representation> {
    return this.#cache.getOrMake(sample, `container ${container.id}`, false, () =>
      Promise.resolve(new Representation(sample, { body: jsonText(container) })),
    );
  }
}

/** Whether a list is the same for many clients: there are few of these, however much is asked. */
export function isShared(sample: StatsSample, { name }: StatsSelection): boolean {
  return sample.partOf === undefined && name === undefined;
}

/** Tells a list from every other one of its sample. */
export function listId({ view, name }: StatsSelection, format: StatsFormat): string {
  const names = name && JSON.stringify([...new Set(name)].toSorted());
  return `${format} ${view ?? 'basic'} ${names ?? ''}`;
}

interface ListOptions {
  readonly view: StatsSelection['view'];
  readonly format: StatsFormat;
  readonly slices: TimeSlices;
}

async function contentOf(
  sample: StatsSample,
  containers: readonly ContainerStats[],
  { view, format, slices }: ListOptions,
): Promise<Content> {
  if (format === 'csv') return { type: CSV, body: await csvOf(containers, view, slices) };
  if (format === 'text') return { type: TEXT, body: await tableOf(containers, view, sample.skipped, slices) };
  if (view === 'full') return fullContent(sample, containers, slices);
  return { body: `${await jsonOf(containers, view, slices)}\n` };
}

/** The JSON text of `FullStats`. */
async function fullContent(
  sample: StatsSample,
  containers: readonly ContainerStats[],
  slices: TimeSlices,
): Promise<Content> {
  const sampledAt = sample.sampledAt.toISOString();
  const [durationMs, skipped] = [Math.round(sample.durationMs), JSON.stringify(sample.skipped)];
  const array = await jsonOf(containers, 'full', slices);
  return {
    head: (ageMs) => `{"sampledAt":"${sampledAt}","ageMs":${Math.round(ageMs)}`,
    body: `,"durationMs":${durationMs},"containers":${array},"skipped":${skipped}}\n`,
  };
}
