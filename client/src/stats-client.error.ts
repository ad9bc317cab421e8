import type { ErrorCode } from './wire-types.js';

/**
 * The error codes that the client adds to those of the service:
 * - `timeout`: no complete response within `timeoutMs`, or no byte on a stream within `silenceMs`
 * - `network`: the connection failed or was lost
 * - `aborted`: the `signal` of the call was aborted; its reason is the `cause`
 * - `invalid_response`: the response is not from docker-stats-api, but from a proxy, a redirect or another program
 */
export type ClientErrorCode = 'timeout' | 'network' | 'aborted' | 'invalid_response';

/** Optional details of a {@link StatsClientError}. */
export interface ErrorDetails extends ErrorOptions {
  readonly status?: number;
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
}

/** Why a call failed. The client never puts the API key or any part of the request into it. */
export class StatsClientError extends Error {
  /** A code of the service or of the client. A later version of the service may send further codes. */
  readonly code: ErrorCode | ClientErrorCode;
  /** The HTTP status, if there was a response. */
  readonly status: number | undefined;
  /** The `Retry-After` of the response in milliseconds, if it has one. */
  readonly retryAfterMs: number | undefined;
  /** The `X-Request-Id` of the response, which is also in the log of the service. */
  readonly requestId: string | undefined;

  constructor(code: ErrorCode | ClientErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'StatsClientError';
    this.code = code;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
  }
}
