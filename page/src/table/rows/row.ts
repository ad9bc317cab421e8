import type { ContainerStats, FullStats } from 'docker-stats-client';

type Skipped = FullStats['skipped'][number];

/** A container with figures. */
export interface ContainerRow {
  readonly kind: 'container';
  readonly key: string;
  readonly project: string | null;
  readonly container: ContainerStats;
  /** It is not in the newest sample, but its row keeps its place. */
  readonly ended?: true;
}

/** A container for which docker printed no figures, or a Docker host without figures. */
export interface SkippedContainerRow {
  readonly kind: 'skipped';
  readonly key: string;
  readonly project: string | null;
  readonly skipped: Skipped;
  readonly ended?: true;
}

/** A row of the table that is a container. */
export type StatsRow = ContainerRow | SkippedContainerRow;

/** The rows of a sample, in its order. */
export function createRows({ containers, skipped }: FullStats): StatsRow[] {
  const rows: StatsRow[] = containers.map((container) => ({
    kind: 'container',
    key: addHost(container.id, container.host),
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
function chooseKey({ host, id, container }: Skipped, index: number, taken: ReadonlySet<string>): string {
  const key = addHost(id ?? container ?? '', host);
  return key === '' || taken.has(key) ? `skipped ${index}` : key;
}

/** The name to show; with several Docker hosts, after that of the host. */
export function getRowName(row: StatsRow): string {
  const { host } = row.kind === 'container' ? row.container : row.skipped;
  const name = row.kind === 'container' ? row.container.name : row.skipped.container;
  return name === null ? (host ?? 'unknown container') : addHost(name, host);
}

function addHost(text: string, host: string | undefined): string {
  return host === undefined ? text : `${host}/${text}`;
}
