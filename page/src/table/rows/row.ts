import type { ContainerStats, FullStats, SkippedRow } from 'docker-stats-client';

/** A container with figures. */
export interface ContainerRow {
  readonly kind: 'container';
  readonly key: string;
  readonly project: string | null;
  readonly container: ContainerStats;
  /** It is not in the newest sample, but its row keeps its place. */
  readonly ended?: true;
}

/** A container for which docker printed no figures. */
export interface SkippedContainerRow {
  readonly kind: 'skipped';
  readonly key: string;
  readonly project: string | null;
  readonly skipped: SkippedRow;
  readonly ended?: true;
}

/** A row of the table that is a container. */
export type StatsRow = ContainerRow | SkippedContainerRow;

/** The rows of a sample, in its order. */
export function createRows({ containers, skipped }: FullStats): StatsRow[] {
  const rows: StatsRow[] = containers.map((container) => ({
    kind: 'container',
    key: container.id,
    project: container.project,
    container,
  }));
  const keys = new Set(rows.map((row) => row.key));
  for (const [index, row] of skipped.entries()) {
    const key = chooseKey(row, index, keys);
    keys.add(key);
    rows.push({ kind: 'skipped', key, project: row.project, skipped: row });
  }
  return rows;
}

/** Docker can skip several rows without a name, and one container twice. */
function chooseKey({ id, container }: SkippedRow, index: number, taken: ReadonlySet<string>): string {
  const key = id ?? container;
  return key === null || taken.has(key) ? `skipped ${index}` : key;
}

/** The name to show. */
export function getRowName(row: StatsRow): string {
  return row.kind === 'container' ? row.container.name : (row.skipped.container ?? 'unknown container');
}
