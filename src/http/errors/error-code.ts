import type { DockerErrorCode } from '../../sampling/stats-source.error.js';

/** The stable codes of all errors that the service answers. */
export type ErrorCode =
  | DockerErrorCode
  | 'unauthorized'
  | 'invalid_request'
  | 'not_found'
  | 'method_not_allowed'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

/** The body of every error. */
export interface ErrorBody {
  readonly statusCode: number;
  /** Stable: for programs. */
  readonly code: ErrorCode;
  /** For people; may change. */
  readonly message: string;
}
