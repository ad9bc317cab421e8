import type { FullStats } from 'docker-stats-client';
import { filterRows } from './filter.js';
import { type GroupField, type TableRow, addGroupRows, sortByGroup } from './group.js';
import { type StatsRow, createRows } from './row.js';
import { type SortOrder, sortRows } from './sort.js';

/** What the user chose to see. */
export interface Arrangement {
  readonly filter: string;
  readonly sort: SortOrder;
  /** The groups of the rows. */
  readonly groupBy: GroupField | undefined;
}

/** The rows that match the filter, in their order. With `shown`, these rows keep their places. */
export function arrangeRows(
  stats: FullStats,
  { filter, sort, groupBy }: Arrangement,
  shown?: readonly StatsRow[],
): readonly StatsRow[] {
  const rows = filterRows(createRows(stats), filter);
  if (shown !== undefined) return holdOrder(shown, rows);
  const sorted = sortRows(rows, sort);
  return groupBy === undefined ? sorted : sortByGroup(sorted, groupBy, sort);
}

/**
 * Keeps every row at its place while the user points at it. New rows are added at the end. A container that has ended keeps its
 * row, so that the rows below do not move.
 */
function holdOrder(shown: readonly StatsRow[], current: readonly StatsRow[]): StatsRow[] {
  const added = new Map(current.map((row) => [row.key, row]));
  const kept = shown.map((row): StatsRow => {
    const update = added.get(row.key);
    added.delete(row.key);
    return update ?? { ...row, ended: true };
  });
  return [...kept, ...added.values()];
}

/** The rows of the table, with those of the groups. */
export function createTableRows(
  rows: readonly StatsRow[],
  groupBy: GroupField | undefined,
  collapsed: ReadonlySet<string>,
): readonly TableRow[] {
  return groupBy === undefined ? rows : addGroupRows(rows, groupBy, collapsed);
}
