import { type StatsRow, isHostRow } from './row.js';
import { type SortField, type SortOrder, compareValues } from './sort.js';

/** The figures that can be added up. */
const SUMMED = [
  'cpuUsage',
  'memoryUsage',
  'networkReceived',
  'networkSent',
  'blockRead',
  'blockWritten',
  'pids',
] as const satisfies readonly SortField[];

type SummedField = (typeof SUMMED)[number];

/** A sum is `null` if one of its figures is unknown, as in `GET /projects`. */
export type Sums = Readonly<Record<SummedField, number | null>>;

/** By which the containers can be grouped. */
export const GROUP_FIELDS = ['project', 'host'] as const;

export type GroupField = (typeof GROUP_FIELDS)[number];

/** The row above the containers of a project or host. */
export interface GroupRow {
  readonly kind: 'group';
  readonly key: string;
  /** `''`: the containers without one. */
  readonly name: string;
  /** The name to show. */
  readonly label: string;
  readonly containers: number;
  readonly sums: Sums;
  readonly collapsed: boolean;
}

/** A row of the table. */
export type TableRow = StatsRow | GroupRow;

/**
 * Puts the sorted rows of each group together. Groups are sorted by their sum, or, if the field has no sum, by their first
 * container. Containers without a group are last.
 */
export function sortByGroup(
  sorted: readonly StatsRow[],
  groupBy: GroupField,
  { field, descending }: SortOrder,
): readonly StatsRow[] {
  const summed = SUMMED.find((name) => name === field);
  const groups = [...groupRows(sorted, groupBy)].map(([name, rows]) => ({
    hasName: name !== '',
    sum: summed === undefined ? 0 : sumField(rows, summed),
    rows,
  }));
  const sign = descending ? -1 : 1;
  return groups
    .toSorted((a, b) => Number(b.hasName) - Number(a.hasName) || compareValues(a.sum, b.sum, sign))
    .flatMap(({ rows }) => rows);
}

/** Adds the row of each group above its containers, which are hidden if it is collapsed. Groups and rows keep their order. */
export function addGroupRows(
  rows: readonly StatsRow[],
  groupBy: GroupField,
  collapsed: ReadonlySet<string>,
): readonly TableRow[] {
  return [...groupRows(rows, groupBy)].flatMap(([name, members]) => {
    const head: GroupRow = {
      kind: 'group',
      key: `group ${name}`,
      name,
      label: name || `No ${groupBy}`,
      containers: members.filter((row) => row.ended === undefined && !isHostRow(row)).length,
      sums: sumFields(members),
      collapsed: collapsed.has(name),
    };
    return head.collapsed ? [head] : [head, ...members];
  });
}

function groupRows(rows: readonly StatsRow[], groupBy: GroupField): ReadonlyMap<string, readonly StatsRow[]> {
  const groups = new Map<string, StatsRow[]>();
  for (const row of rows) {
    const name = row[groupBy] ?? '';
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

function sumFields(rows: readonly StatsRow[]): Sums {
  return Object.fromEntries(SUMMED.map((field) => [field, sumField(rows, field)])) as Sums;
}

/** Containers that are skipped or have ended do not count. Of a host without figures, nothing is known. */
function sumField(rows: readonly StatsRow[], field: SummedField): number | null {
  if (rows.every(isHostRow)) return null;
  let sum = 0;
  for (const row of rows) {
    if (row.kind === 'skipped' || row.ended === true) continue;
    const value = row.container[field];
    if (value === null) return null;
    sum += value;
  }
  return sum;
}
