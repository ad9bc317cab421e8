import { Injectable } from '@nestjs/common';
import type { ContainerStats } from 'docker-stats-client';
import { formatJson } from '../../http/responses/json-text.js';
import { type Content, Representation } from './representation.js';
import { SampleCache } from '../../sampling/sample-cache.js';
import { selectByName } from '../selection/select-by-name.js';
import { formatCsv } from './stats-csv.js';
import type { StatsFormat } from './stats-format.js';
import { formatJsonArray } from './stats-json.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { formatTable } from './stats-table.js';
import { TimeSlices } from '../../sampling/time-slices.js';

/** Which containers to return, and which view of them. */
export interface StatsSelection {
  readonly view?: 'full';
  /** Container name patterns; a container must match one of them. */
  readonly name?: readonly string[];
}

const CSV = 'text/csv; charset=utf-8; header=present';
const TEXT = 'text/plain; charset=utf-8';

/**
 * Makes {@link Representation}s of samples on first use, and caches them within the limit of {@link SampleCache}. Lists are made
 * in time slices.
 */
@Injectable()
export class StatsRepresentations {
  readonly #cache = new SampleCache<Representation>();

  /** Returns a list that is cached or being made. */
  find(
    sample: StatsSample,
    selection: StatsSelection,
    format: StatsFormat,
  ): Promise<Representation> | undefined {
    return this.#cache.get(sample, getListCacheKey(selection, format));
  }

  /** Returns a list of the selected containers. */
  list(sample: StatsSample, selection: StatsSelection, format: StatsFormat): Promise<Representation> {
    const { view, name: patterns } = selection;
    const shared = isSharedList(sample, selection);
    return this.#cache.getOrMake(sample, getListCacheKey(selection, format), shared, async () => {
      const slices = new TimeSlices(shared ? 'shared' : 'own');
      const containers = patterns
        ? await selectByName(sample.containers, patterns, ({ name }) => name, slices)
        : sample.containers;
      return new Representation(sample, await createContent(sample, containers, { view, format, slices }));
    });
  }

  /** Returns one container in the full view. */
  container(sample: StatsSample, container: ContainerStats): Promise<Representation> {
    return this.#cache.getOrMake(sample, `container ${container.id}`, false, () =>
      Promise.resolve(new Representation(sample, { body: formatJson(container) })),
    );
  }
}

/** Whether a list is the same for all keys without a scope. There are few such lists. */
export function isSharedList(sample: StatsSample, { name }: StatsSelection): boolean {
  return sample.partOf === undefined && name === undefined;
}

/** Returns the cache key of a list within its sample. */
export function getListCacheKey({ view, name }: StatsSelection, format: StatsFormat): string {
  const names = name && JSON.stringify([...new Set(name)].toSorted());
  return `${format} ${view ?? 'basic'} ${names ?? ''}`;
}

interface ListOptions {
  readonly view: StatsSelection['view'];
  readonly format: StatsFormat;
  readonly slices: TimeSlices;
}

async function createContent(
  sample: StatsSample,
  containers: readonly ContainerStats[],
  { view, format, slices }: ListOptions,
): Promise<Content> {
  if (format === 'csv') return { type: CSV, body: await formatCsv(containers, view, slices) };
  if (format === 'text')
    return { type: TEXT, body: await formatTable(containers, view, sample.skipped, slices) };
  if (view === 'full') return createFullContent(sample, containers, slices);
  return { body: `${await formatJsonArray(containers, view, slices)}\n` };
}

/** Creates the JSON text of `FullStats`. */
async function createFullContent(
  sample: StatsSample,
  containers: readonly ContainerStats[],
  slices: TimeSlices,
): Promise<Content> {
  const sampledAt = sample.sampledAt.toISOString();
  const [durationMs, skipped] = [Math.round(sample.durationMs), JSON.stringify(sample.skipped)];
  const array = await formatJsonArray(containers, 'full', slices);
  return {
    head: (ageMs) => `{"sampledAt":"${sampledAt}","ageMs":${Math.round(ageMs)}`,
    body: `,"durationMs":${durationMs},"containers":${array},"skipped":${skipped}}\n`,
  };
}
