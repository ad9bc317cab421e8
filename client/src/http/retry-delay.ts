import { StatsClientError } from '../stats-client.error.js';

const FIRST_RETRY_MS = 200;

const MAX_BACKOFF_MS = 30_000;

/** Upper limit of a delay that the server requests. */
const MAX_WAIT_MS = 3_600_000;

/** Lower limit: even `Retry-After: 0` does not cause a reconnect without a pause. */
const MIN_WAIT_MS = 250;

/**
 * Returns the delay before a retry, or `undefined` if the call must not be retried. It retries only after a lost connection
 * and after a 429 or 503 with `Retry-After`. A failure of docker is not retried: the service has just tried.
 */
export function getRetryDelayMs(error: unknown, failures: number): number | undefined {
  if (!(error instanceof StatsClientError)) return undefined;
  if (error.code === 'network') return FIRST_RETRY_MS * 2 ** failures * randomBetween(0.5, 1);
  const isTemporary = error.status === 429 || error.status === 503;
  return isTemporary ? error.retryAfterMs : undefined;
}

/**
 * Returns the delay before a stream reconnects: the `Retry-After` of the error, or else the `retry:` of the stream, doubled
 * after each failure up to 30 seconds. Adds up to 50 % at random, so that many clients do not reconnect at the same time.
 */
export function getReconnectDelayMs(
  error: StatsClientError,
  failures: number,
  serverRetryMs: number,
): number {
  const firstMs = Math.max(serverRetryMs, MIN_WAIT_MS);
  const backoffMs = Math.max(firstMs, Math.min(firstMs * 2 ** failures, MAX_BACKOFF_MS));
  const waitMs = Math.max(error.retryAfterMs ?? backoffMs, MIN_WAIT_MS);
  return Math.min(waitMs, MAX_WAIT_MS) * randomBetween(1, 1.5);
}

/** Whether a stream would fail with the same error again: the service refuses the request, or it is another program. */
export function isFinal({ code, status = 0 }: StatsClientError): boolean {
  if (status === 408 || status === 429 || status >= 500) return false;
  return status >= 400 || code === 'invalid_response';
}

function randomBetween(low: number, high: number): number {
  return low + (high - low) * Math.random();
}
