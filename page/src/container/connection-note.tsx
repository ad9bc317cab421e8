import type { JSX } from 'preact';
import type { Connection } from '../live/connection.js';
import { formatClock } from '../units/format-time.js';

interface ConnectionNoteProps {
  readonly connection: Connection;
  /** The time of the newest sample. */
  readonly sampledAt: number | undefined;
}

/** Says why the figures are not current; nothing if they are. */
export function ConnectionNote({ connection, sampledAt }: ConnectionNoteProps): JSX.Element | null {
  const reason = describeProblem(connection);
  if (reason === undefined) return null;
  return (
    <p class="container-stale">
      {reason}
      {sampledAt !== undefined && `. These figures are from ${formatClock(sampledAt, true)}.`}
    </p>
  );
}

function describeProblem(connection: Connection): string | undefined {
  switch (connection.state) {
    case 'live':
    case 'connecting':
    case 'paused':
      return undefined;
    case 'failing':
      return `No new figures: ${connection.message}`;
    case 'disconnected':
      return `Connection lost: ${connection.message}`;
    case 'refused':
      return `No new figures: ${connection.message}`;
  }
}
