import {
  GatewayTimeoutException,
  HttpException,
  HttpStatus,
  MethodNotAllowedException,
  NotFoundException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { ErrorBody, ErrorCode } from 'docker-stats-client';
import { hasScope, type KeyScope } from '../../config/api-keys/api-keys.js';
import { StatsSourceError } from '../../sampling/stats-source.error.js';

/** The body for every internal error; it has no details, which may be confidential. */
export const INTERNAL_ERROR: ErrorBody = {
  statusCode: HttpStatus.INTERNAL_SERVER_ERROR,
  code: 'internal',
  message: 'Internal server error',
};

/**
 * Converts any error to the body of its response. An error that is neither a {@link StatsSourceError} nor a Nest
 * exception becomes {@link INTERNAL_ERROR}.
 *
 * @param key of the request. Docker's error text may name any container, so a key with a scope gets a fixed text.
 */
export function toErrorBody(error: unknown, key?: KeyScope): ErrorBody {
  if (error instanceof StatsSourceError) {
    const message = key !== undefined && hasScope(key) ? error.publicMessage : error.detailedMessage;
    return { statusCode: 500, code: error.code, message: `Error: ${message}` };
  }
  const code = findCode(error);
  return error instanceof HttpException && code !== undefined
    ? { statusCode: error.getStatus(), code, message: error.message }
    : INTERNAL_ERROR;
}

function findCode(error: unknown): ErrorCode | undefined {
  if (error instanceof UnauthorizedException) return 'unauthorized';
  if (error instanceof NotFoundException) return 'not_found';
  if (error instanceof MethodNotAllowedException) return 'method_not_allowed';
  if (error instanceof ServiceUnavailableException) return 'unavailable';
  if (error instanceof GatewayTimeoutException) return 'not_cached';
  if (error instanceof ThrottlerException) return 'rate_limited';
  return error instanceof HttpException && error.getStatus() < 500 ? 'invalid_request' : undefined;
}
