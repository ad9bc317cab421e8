import type { ContainerStats, FullStats } from 'docker-stats-client';
import { describeSkipped, isSkippedHost, type Skipped } from '../skipped.js';

interface RowOf<Kind> {
  readonly kind: Kind;
  readonly key: string;
  readonly host: string | null;
  readonly project: string | null;
  /** It is not in the newest sample, but its row keeps its place. */
  readonly ended?: true;
}

/** A container with figures. */
export interface ContainerRow extends RowOf<'container'> {
  readonly container: ContainerStats;
}

/** A container for which docker printed no figures, or a Docker host without figures. */
export interface SkippedContainerRow extends RowOf<'skipped'> {
  readonly skipped: Skipped;
  /** Why there are no figures, for people. */
  readonly reason: string;
}

/** A row of the table that is a container. */
export type StatsRow = ContainerRow | SkippedContainerRow;

/** The rows of a sample, in its order. */
export function createRows(stats: FullStats): StatsRow[] {
  const rows: StatsRow[] = stats.containers.map((container) => ({
    kind: 'container',
    key: addHost(container.id, container.host),
    host: container.host ?? null,
    project: container.project,
    container,
  }));
  const keys = new Set(rows.map((row) => row.key));
  for (const [index, skipped] of stats.skipped.entries()) {
    const key = chooseKey(skipped, index, keys);
    keys.add(key);
    const { host = null, project } = skipped;
    rows.push({ kind: 'skipped', key, host, project, skipped, reason: describeSkipped(skipped, stats) });
  }
  return rows;
}

/** Docker can skip several rows without a name, and one container twice. */
function chooseKey({ host, id, container }: Skipped, index: number, taken: ReadonlySet<string>): string {
  const key = addHost(id ?? container ?? '', host);
  return key === '' || taken.has(key) ? `skipped ${index}` : key;
}

/** Whether a row stands for a Docker host without figures. */
export function isHostRow(row: StatsRow): boolean {
  return row.kind === 'skipped' && isSkippedHost(row.skipped);
}

/** The name to show: that of the container, or of a Docker host without figures. */
export function getRowName(row: StatsRow): string {
  if (row.kind === 'container') return row.container.name;
  return row.skipped.container ?? (isHostRow(row) ? row.host : null) ?? 'unknown container';
}

/** Puts the name of its Docker host before a name. */
export function addHost(text: string, host: string | null | undefined): string {
  return typeof host === 'string' ? `${host}/${text}` : text;
}
