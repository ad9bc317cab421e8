import type { StatsRow } from './row.js';
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

/** The row above the containers of a project. */
export interface ProjectRow {
  readonly kind: 'project';
  readonly key: string;
  /** `null`: the containers without a project. */
  readonly project: string | null;
  readonly containers: number;
  readonly sums: Sums;
  readonly collapsed: boolean;
}

/** A row of the table. */
export type TableRow = StatsRow | ProjectRow;

/**
 * Puts the sorted rows of each project together. Projects are sorted by their sum, or, if the field has no sum, by their first
 * container. Containers without a project are last.
 */
export function sortByProject(
  sorted: readonly StatsRow[],
  { field, descending }: SortOrder,
): readonly StatsRow[] {
  const summed = SUMMED.find((name) => name === field);
  const projects = [...groupByProject(sorted)].map(([project, rows]) => ({
    hasName: project !== null,
    sum: summed === undefined ? 0 : sumField(rows, summed),
    rows,
  }));
  const sign = descending ? -1 : 1;
  return projects
    .toSorted((a, b) => Number(b.hasName) - Number(a.hasName) || compareValues(a.sum, b.sum, sign))
    .flatMap(({ rows }) => rows);
}

/** Adds the row of each project above its containers, which are hidden if it is collapsed. Projects and rows keep their order. */
export function addProjectRows(
  rows: readonly StatsRow[],
  collapsed: ReadonlySet<string>,
): readonly TableRow[] {
  return [...groupByProject(rows)].flatMap(([project, members]) => {
    const head = createProjectRow(project, members, collapsed);
    return head.collapsed ? [head] : [head, ...members];
  });
}

function groupByProject(rows: readonly StatsRow[]): ReadonlyMap<string | null, readonly StatsRow[]> {
  const groups = new Map<string | null, StatsRow[]>();
  for (const row of rows) {
    const group = groups.get(row.project);
    if (group === undefined) groups.set(row.project, [row]);
    else group.push(row);
  }
  return groups;
}

function createProjectRow(
  project: string | null,
  members: readonly StatsRow[],
  collapsed: ReadonlySet<string>,
): ProjectRow {
  return {
    kind: 'project',
    key: project === null ? 'no project' : `project ${project}`,
    project,
    containers: members.filter((row) => row.ended === undefined).length,
    sums: sumFields(members),
    collapsed: collapsed.has(project ?? ''),
  };
}

function sumFields(rows: readonly StatsRow[]): Sums {
  return Object.fromEntries(SUMMED.map((field) => [field, sumField(rows, field)])) as Sums;
}

/** Containers that are skipped or have ended do not count. */
function sumField(rows: readonly StatsRow[], field: SummedField): number | null {
  let sum = 0;
  for (const row of rows) {
    if (row.kind === 'skipped' || row.ended === true) continue;
    const value = row.container[field];
    if (value === null) return null;
    sum += value;
  }
  return sum;
}
