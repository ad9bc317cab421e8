import type { Connection } from '../../live/connection.js';

/** What the page says about its data. */
export interface ConnectionText {
  /** One or two words. */
  readonly label: string;
  /** Why, and since when. */
  readonly detail: string;
  /** If the connection is lost: when the page tries again. Changes each second, so screen readers do not announce it. */
  readonly nextTry: string;
  readonly kind: 'good' | 'waiting' | 'bad';
}

/** Describes the connection in words. `isOverdue`: the newest sample is older than it should be. */
export function describeConnection(
  connection: Connection,
  isOverdue: boolean,
  nowMs: number,
): ConnectionText {
  switch (connection.state) {
    case 'connecting':
      return { label: 'Connecting', detail: '', nextTry: '', kind: 'waiting' };
    case 'open':
      return { label: 'Waiting', detail: '', nextTry: '', kind: 'waiting' };
    case 'live':
      return isOverdue
        ? {
            label: 'Waiting',
            detail: 'The next sample takes longer than usual.',
            nextTry: '',
            kind: 'waiting',
          }
        : { label: 'Live', detail: '', nextTry: '', kind: 'good' };
    case 'paused':
      return {
        label: 'Paused',
        detail: 'While nobody looks, the service takes no samples.',
        nextTry: '',
        kind: 'waiting',
      };
    case 'failing':
      return { label: 'Sampling fails', detail: formatReason(connection), nextTry: '', kind: 'bad' };
    case 'disconnected':
      return {
        label: 'Disconnected',
        detail: formatReason(connection),
        nextTry: formatNextTry(connection.retryAt - nowMs),
        kind: 'bad',
      };
    case 'refused':
      return { label: 'API key refused', detail: connection.message, nextTry: '', kind: 'bad' };
  }
}

/** Formats the age of the figures: `2 s`, `3 min`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.round(ageMs / 1000);
  if (seconds < 100) return `${seconds} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function formatNextTry(inMs: number): string {
  return inMs > 0 ? `Next try in ${Math.ceil(inMs / 1000)} s.` : 'Trying now …';
}

/** `Since 12:00:00: No daemon.` */
export function formatReason({
  since,
  message,
}: {
  readonly since: number;
  readonly message: string;
}): string {
  return `Since ${formatTime(since)}: ${message.replace(/(?<![.?!])$/, '.')}`;
}

function formatTime(at: number): string {
  return new Date(at).toLocaleTimeString();
}
