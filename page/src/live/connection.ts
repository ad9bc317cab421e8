import type { ErrorBody } from 'docker-stats-client';

/** Whether the figures on the page are current, and if not, why. Times are in milliseconds since the Unix epoch. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** The tab is hidden, so no stream is open. */
  | { readonly state: 'paused' }
  /** The stream is open, but the service cannot take samples. */
  | { readonly state: 'failing'; readonly since: number; readonly error: ErrorBody }
  /** The service cannot be reached. */
  | {
      readonly state: 'disconnected';
      readonly since: number;
      readonly retryAt: number;
      readonly message: string;
    }
  /** The service refuses the API key. */
  | { readonly state: 'refused'; readonly message: string };
