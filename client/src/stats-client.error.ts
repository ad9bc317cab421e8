import type { ErrorCode } from './wire-types.js';

/**
 * What the service does not say, and the client finds out itself:
 * - `timeout`: no whole answer within `timeoutMs`, or no sign of life on a stream within `silenceMs`
 * - `network`: no connection, or one that was lost
 * - `aborted`: by the caller's signal, whose reason is the `cause`
 * - `invalid_response`: what answered is not this service: a proxy's error, a redirect, another program
 */
export type ClientErrorCode = 'timeout' | 'network' | 'aborted' | 'invalid_response';

/** What is known of an error beside its code and message. */
export interface ErrorDetails extends ErrorOptions {
  readonly status?: number;
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
}

/** Why there is no answer. Never holds the key, nor a part of the request: unless another program answered with them. */
export class StatsClientError extends Error {
  /** The service's own, or one of the client's. A later version of the service may have more of them. */
  readonly code: ErrorCode | ClientErrorCode;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** When to ask again, in milliseconds, where the service said so (`Retry-After`). */
  readonly retryAfterMs: number | undefined;
  /** By which the service's log knows the request (`X-Request-Id`). */
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
