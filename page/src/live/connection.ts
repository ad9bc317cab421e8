/** Whether the figures on the page are current, and if not, why. Times are in milliseconds since the Unix epoch. */
export type Connection =
  | { readonly state: 'connecting' }
  /** The service has accepted the API key. There is no sample yet. */
  | { readonly state: 'open' }
  | { readonly state: 'live' }
  /** The tab is hidden, so no stream is open. */
  | { readonly state: 'paused' }
  /** The stream is open, but the service cannot take samples. */
  | { readonly state: 'failing'; readonly since: number; readonly message: string }
  /** The service cannot be reached. */
  | {
      readonly state: 'disconnected';
      readonly since: number;
      readonly retryAt: number;
      readonly message: string;
    }
  /** The service refuses the API key. */
  | { readonly state: 'refused'; readonly message: string };

/** A connection error, as the next state: the first one of a row keeps its time. */
export function toFailure(
  previous: Connection,
  message: string,
  now: number,
  reconnectMs: number | undefined,
): Connection {
  const since = 'since' in previous ? previous.since : now;
  return reconnectMs === undefined
    ? { state: 'failing', since, message }
    : { state: 'disconnected', since, retryAt: now + reconnectMs, message };
}
