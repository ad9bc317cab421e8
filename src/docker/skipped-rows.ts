import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import type { ContainerList } from './parsers/container-list.js';
import type { SkippedStatsRow } from './parsers/parse-docker-stats.js';

/**
 * Whether `docker ps` must run again after `docker stats`: the first list does not explain all rows, or no row shows that the
 * daemon still runs.
 */
export function needsSecondList(
  rows: readonly ContainerStats[],
  skipped: readonly SkippedStatsRow[],
  list: ContainerList | undefined,
): boolean {
  if (list === undefined || rows.length === 0) return skipped.length > 0;
  return !rows.every(({ id }) => list.find(id)) || !skipped.every((row) => isExplained(row, list));
}

/** Whether the status in a list explains why a row has no figures: the container is stopped, or is restarting. */
function isExplained({ id, reason }: SkippedStatsRow, list: ContainerList): boolean {
  if (id === null || reason === 'malformed') return true;
  const listed = list.find(id);
  return listed !== undefined && (listed.isStopped || listed.details.state === 'restarting');
}

/** Returns the skipped row for clients, or nothing if its container is stopped or has ended during the run. */
export function toSkippedRows(
  { id, container, reason }: SkippedStatsRow,
  list: ContainerList | undefined,
  timedOut: boolean,
  host?: string,
): SkippedRow[] {
  const listed = id === null ? undefined : list?.find(id);
  const row = {
    ...(host !== undefined && { host }),
    container: listed?.name ?? container,
    id,
    project: listed?.details.project ?? null,
    reason: reason === 'no_reading' && timedOut ? ('timed_out' as const) : reason,
  };
  if (list === undefined || id === null || reason === 'malformed') return [row];
  if (listed === undefined || listed.isStopped) return [];
  if (listed.details.state === 'restarting') return [{ ...row, reason: 'restarting' }];
  return reason === 'restarting' ? [{ ...row, reason: 'starting' }] : [row];
}
