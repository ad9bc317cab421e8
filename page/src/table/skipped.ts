import type { FullStats, SkippedHost, SkipReason } from 'docker-stats-client';
import { formatReason } from '../app/status/describe-connection.js';

/** A container without figures, or a Docker host without figures. */
export type Skipped = FullStats['skipped'][number];

/** Why a container has no figures, for people. */
const SKIP_REASONS: Readonly<Record<SkipReason, string>> = {
  no_reading: 'No figures: docker could not read this container',
  timed_out: 'No figures: docker did not get them in time',
  restarting: 'No figures: the container is restarting',
  starting: 'No figures yet: the container has just started',
  malformed: 'No figures: docker printed a row in an unknown format',
};

/** Whether a whole Docker host is skipped. */
export function isSkippedHost(row: Skipped): row is SkippedHost {
  return 'since' in row;
}

/** Describes why a container, or a whole Docker host, has no figures. */
export function describeSkipped(row: Skipped, { hosts = [] }: Pick<FullStats, 'hosts'>): string {
  if (!isSkippedHost(row)) return SKIP_REASONS[row.reason];
  const message = hosts.find(({ name }) => name === row.host)?.error?.message ?? row.reason;
  return `No figures. ${formatReason({ since: Date.parse(row.since), message })}`;
}
