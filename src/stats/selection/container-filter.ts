import type { ContainerStats } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { matchesPattern, normalizePatterns } from '../../sampling/pattern.js';

/** The fields by which clients select containers. */
export const FILTER_FIELDS = [
  'host',
  'name',
  'project',
  'service',
  'image',
  'health',
] as const satisfies readonly (keyof ContainerStats)[];

type FilterField = (typeof FILTER_FIELDS)[number];

/** Patterns by field. A container must match one pattern of each field that has some. */
export type ContainerFilter = { readonly [F in FilterField]?: readonly string[] | undefined };

/** What a filter needs to know of a container. An unknown value matches no pattern. */
type Filterable = { readonly [F in FilterField]?: string | null | undefined };

/** Whether a filter selects only some containers. */
export function hasPatterns(filter: ContainerFilter): boolean {
  return FILTER_FIELDS.some((field) => filter[field] !== undefined);
}

/** Creates a function that tells whether a filter selects a container. */
export function createMatcher(filter: ContainerFilter): (container: Filterable) => boolean {
  const conditions = FILTER_FIELDS.flatMap((field) => {
    const patterns = filter[field];
    return patterns === undefined ? [] : [{ field, patterns }];
  });
  return (container) =>
    conditions.every(({ field, patterns }) => {
      const value = container[field];
      return typeof value === 'string' && patterns.some((pattern) => matchesPattern(pattern, value));
    });
}

/** Returns the items that a filter selects. */
export async function applyFilter<T>(
  items: readonly T[],
  filter: ContainerFilter,
  toFilterable: (item: T) => Filterable,
  slices: TimeSlices,
): Promise<readonly T[]> {
  if (!hasPatterns(filter)) return items;
  const matches = createMatcher(filter);
  const selected: T[] = [];
  await slices.forEach(items, (item) => {
    if (matches(toFilterable(item))) selected.push(item);
  });
  return selected;
}

/** Returns an id that is the same for filters that select the same: the order of patterns does not matter. */
export function identifyFilter(filter: ContainerFilter): string {
  return JSON.stringify(FILTER_FIELDS.map((field) => normalizePatterns(filter[field])));
}
