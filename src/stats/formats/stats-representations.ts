import { Injectable } from '@nestjs/common';
import type { ContainerStats, ProjectStats } from 'docker-stats-client';
import { formatJson } from '../../http/responses/json-text.js';
import { type Content, Representation } from './representation.js';
import { SampleCache } from '../../sampling/sample-cache.js';
import { getViewFields } from '../../sampling/container-fields.js';
import { listHostSamples, listSkippedHosts, listWarnings } from './sampled-hosts.js';
import {
  applyFilter,
  type ContainerFilter,
  hasPatterns,
  identifyFilter,
} from '../selection/container-filter.js';
import { sortBy } from '../selection/sort.js';
import { PROJECT_FIELDS, sumByProject } from './project-stats.js';
import { formatCsv } from './stats-csv.js';
import type { StatsFormat } from './stats-format.js';
import { formatBasicJson, formatJsonArray } from './stats-json.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { formatProjectTable, formatTable } from './stats-table.js';
import { TimeSlices } from '../../sampling/time-slices.js';

/** Which containers to return, in which order, and which view of them. */
export interface StatsSelection extends ContainerFilter {
  /** `projects` returns the sums of each project instead of containers. */
  readonly view?: 'full' | 'projects' | undefined;
  /** The field to sort by; `-` before its name means descending. By default, the order of the sample. */
  readonly sort?: string | undefined;
  /** The maximum number of containers or projects. */
  readonly limit?: number | undefined;
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
    const shared = isSharedList(sample, selection);
    return this.#cache.getOrMake(sample, getListCacheKey(selection, format), shared, async () => {
      const slices = new TimeSlices(shared ? 'shared' : 'own');
      const containers = await applyFilter(sample.containers, selection, (container) => container, slices);
      return new Representation(
        sample,
        await createContent(sample, containers, { selection, format, slices }),
      );
    });
  }

  /** Returns one container in the full view. */
  container(sample: StatsSample, container: ContainerStats): Promise<Representation> {
    return this.#cache.getOrMake(sample, `container ${container.host ?? ''} ${container.id}`, false, () =>
      Promise.resolve(new Representation(sample, { body: formatJson(container) })),
    );
  }
}

/** Whether a list is the same for all keys without a scope. There are few such lists. */
export function isSharedList(sample: StatsSample, selection: StatsSelection): boolean {
  return sample.partOf === undefined && !isRestricted(selection);
}

/** Whether a selection has a filter, an order or a limit. */
export function isRestricted({ sort, limit, ...filter }: StatsSelection): boolean {
  return sort !== undefined || limit !== undefined || hasPatterns(filter);
}

/** Returns the cache key of a list within its sample. */
export function getListCacheKey(selection: StatsSelection, format: StatsFormat): string {
  const { view = 'basic', sort, limit } = selection;
  if (!isRestricted(selection)) return `${format} ${view}`;
  return `${format} ${view} ${sort ?? ''} ${limit ?? ''} ${identifyFilter(selection)}`;
}

interface ListOptions {
  readonly selection: StatsSelection;
  readonly format: StatsFormat;
  readonly slices: TimeSlices;
}

async function createContent(
  sample: StatsSample,
  selected: readonly ContainerStats[],
  { selection, format, slices }: ListOptions,
): Promise<Content> {
  const { view } = selection;
  if (view === 'projects') {
    const projects = await sumByProject(selected, slices);
    return createProjectsContent(await arrange(projects, selection, slices), format, slices);
  }
  return createListContent(sample, await arrange(selected, selection, slices), { view, format, slices });
}

/** Sorts items, and returns the first ones. */
async function arrange<T extends object>(
  items: readonly T[],
  { sort, limit }: StatsSelection,
  slices: TimeSlices,
): Promise<readonly T[]> {
  const sorted = sort === undefined ? items : await sortBy(items, sort, slices);
  return limit === undefined ? sorted : sorted.slice(0, limit);
}

async function createProjectsContent(
  projects: readonly ProjectStats[],
  format: StatsFormat,
  slices: TimeSlices,
): Promise<Content> {
  if (format === 'csv') return { type: CSV, body: await formatCsv(projects, PROJECT_FIELDS, slices) };
  if (format === 'text') return { type: TEXT, body: await formatProjectTable(projects, slices) };
  return { body: await formatJsonArray('', projects, '\n', { slices }) };
}

async function createListContent(
  sample: StatsSample,
  containers: readonly ContainerStats[],
  { view, format, slices }: { view: 'full' | undefined; format: StatsFormat; slices: TimeSlices },
): Promise<Content> {
  if (format === 'csv') {
    const fields = getViewFields(view, sample.hosts !== undefined).map(({ name }) => name);
    return { type: CSV, body: await formatCsv<keyof ContainerStats>(containers, fields, slices) };
  }
  if (format === 'text') {
    return { type: TEXT, body: await formatTable(containers, view, sample, slices) };
  }
  if (view === 'full') return createFullContent(sample, containers, slices);
  return { body: await formatJsonArray('', containers, '\n', { write: formatBasicJson, slices }) };
}

/** Creates the JSON text of `FullStats`. */
async function createFullContent(
  sample: StatsSample,
  containers: readonly ContainerStats[],
  slices: TimeSlices,
): Promise<Content> {
  const sampledAt = sample.sampledAt.toISOString();
  const durationMs = Math.round(sample.durationMs);
  const skipped = JSON.stringify([...listSkippedHosts(sample), ...sample.skipped]);
  const [before, after] = [
    `,"durationMs":${durationMs},"containers":`,
    `,"skipped":${skipped}${formatWarnings(sample)}}\n`,
  ];
  return {
    head: (ageMs) => `{"sampledAt":"${sampledAt}","ageMs":${Math.round(ageMs)}${formatHosts(sample, ageMs)}`,
    body: await formatJsonArray(before, containers, after, { slices }),
  };
}

function formatWarnings(sample: StatsSample): string {
  return sample.warnings === undefined ? '' : `,"warnings":${JSON.stringify(listWarnings(sample))}`;
}

/** Formats `hosts`: in ASCII, because it is a part of the head. */
function formatHosts(sample: StatsSample, ageMs: number): string {
  if (sample.hosts === undefined) return '';
  const json = JSON.stringify(listHostSamples(sample, ageMs));
  return `,"hosts":${json.replace(/[^\x20-\x7e]/g, escapeCodeUnit)}`;
}

function escapeCodeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
