import type { ContainerStats } from 'docker-stats-client';
import type { JSX } from 'preact';
import { formatClock } from '../units/format-time.js';
import type { Presence } from './series/container-figures.js';

interface PresenceBadgeProps {
  readonly presence: Presence;
  readonly container: ContainerStats | undefined;
}

/** Whether the container runs, and the result of its health check. */
export function PresenceBadge({ presence, container }: PresenceBadgeProps): JSX.Element {
  return (
    <p class="container-presence" data-state={presence.state}>
      {describePresence(presence, container)}
    </p>
  );
}

function describePresence(presence: Presence, container: ContainerStats | undefined): string {
  switch (presence.state) {
    case 'running':
      return [container?.state ?? 'running', container?.health].filter(Boolean).join(', ');
    case 'skipped':
      return presence.reason;
    case 'ended':
      return `Ended: its last sample is from ${formatClock(presence.lastSeen, true)}`;
    case 'loading':
      return 'Loading …';
    case 'unknown':
      return 'Unknown';
  }
}
