import type { ContainerStats } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { matchesPattern } from './pattern.js';

/** The fields by which clients select containers. */
export const FILTER_FIELDS = [
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

/** Returns the items that a filter selects. */
export async function applyFilter<T>(
  items: readonly T[],
  filter: ContainerFilter,
  toFilterable: (item: T) => Filterable,
  slices: TimeSlices,
): Promise<readonly T[]> {
  const conditions = FILTER_FIELDS.flatMap((field) => {
    const patterns = filter[field];
    return patterns === undefined ? [] : [{ field, patterns }];
  });
  if (conditions.length === 0) return items;
  const selected: T[] = [];
  await slices.forEach(items, (item) => {
    const values = toFilterable(item);
    const isSelected = conditions.every(({ field, patterns }) => {
      const value = values[field];
      return typeof value === 'string' && patterns.some((pattern) => matchesPattern(pattern, value));
    });
    if (isSelected) selected.push(item);
  });
  return selected;
}
