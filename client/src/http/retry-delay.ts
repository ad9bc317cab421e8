import { StatsClientError } from '../stats-client.error.js';

const FIRST_RETRY_MS = 200;

/** Nobody waits longer, whatever a server says. */
const MAX_WAIT_MS = 3_600_000;

const MAX_BACKOFF_MS = 30_000;

/** A server that says 0 is not asked without a pause. */
const MIN_WAIT_MS = 250;

/**
 * How long to wait before a call is repeated; `undefined` when it should not be. Only what may pass by itself is: a lost
 * connection, and a refusal that says when to come back. Docker's failures are not: the service remembers them, and has
 * just tried.
 */
export function retryDelayMs(error: unknown, failures: number): number | undefined {
  if (!(error instanceof StatsClientError)) return undefined;
  if (error.code === 'network') return FIRST_RETRY_MS * 2 ** failures * between(0.5, 1);
  const isRefusal = error.status === 429 || error.status === 503;
  return isRefusal ? error.retryAfterMs : undefined;
}

/**
 * How long to wait before a stream is opened again: what the service said, or longer each time it fails, up to half a
 * minute. And up to half as much again, so that clients that lost it together do not come back together.
 */
export function reconnectDelayMs(error: StatsClientError, failures: number, serverRetryMs: number): number {
  const firstMs = Math.max(serverRetryMs, MIN_WAIT_MS);
  const backoffMs = Math.max(firstMs, Math.min(firstMs * 2 ** failures, MAX_BACKOFF_MS));
  const waitMs = Math.max(error.retryAfterMs ?? backoffMs, MIN_WAIT_MS);
  return Math.min(waitMs, MAX_WAIT_MS) * between(1, 1.5);
}

/** Whether a stream that ended with this error would end so again: the request is refused, or it is no such service. */
export function isFinal({ code, status = 0 }: StatsClientError): boolean {
  if (status === 408 || status === 429 || status >= 500) return false;
  return status >= 400 || code === 'invalid_response';
}

function between(low: number, high: number): number {
  return low + (high - low) * Math.random();
}
