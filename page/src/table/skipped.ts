import type { FullStats, SkipReason } from 'docker-stats-client';

/** Why a container has no figures, for people. */
export const SKIP_REASONS: Readonly<Record<SkipReason, string>> = {
  no_reading: 'No figures: docker could not read this container',
  timed_out: 'No figures: docker did not get them in time',
  restarting: 'No figures: the container is restarting',
  starting: 'No figures yet: the container has just started',
  malformed: 'No figures: docker printed a row in an unknown format',
};

/** The same, also for a Docker host without figures. */
export function describeSkipReason(reason: FullStats['skipped'][number]['reason']): string {
  return reason in SKIP_REASONS ? SKIP_REASONS[reason as SkipReason] : `No figures: ${reason}`;
}
