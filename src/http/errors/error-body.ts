import {
  HttpException,
  HttpStatus,
  MethodNotAllowedException,
  NotFoundException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { ErrorBody, ErrorCode } from 'docker-stats-client';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { StatsSourceError } from '../../sampling/stats-source.error.js';

/** What is told of a fault of ours: nothing. */
export const INTERNAL: ErrorBody = {
  statusCode: HttpStatus.INTERNAL_SERVER_ERROR,
  code: 'internal',
  message: 'Internal server error',
};

/**
 * Any error as a caller sees it: domain errors and Nest's exceptions by their kind, all else is {@link INTERNAL}.
 * Docker's own words may name a container: a key that may not see all of them gets ours.
 */
export function errorBodyOf(error: unknown, key?: Pick<ApiKey, 'containers'>): ErrorBody {
  if (error instanceof StatsSourceError) {
    const message = key?.containers === undefined ? error.forAuthenticated : error.forAnybody;
    return { statusCode: 500, code: error.code, message: `Error: ${message}` };
  }
  const code = codeOf(error);
  return error instanceof HttpException && code !== undefined
    ? { statusCode: error.getStatus(), code, message: error.message }
    : INTERNAL;
}

function codeOf(error: unknown): ErrorCode | undefined {
  if (error instanceof UnauthorizedException) return 'unauthorized';
  if (error instanceof NotFoundException) return 'not_found';
  if (error instanceof MethodNotAllowedException) return 'method_not_allowed';
  if (error instanceof ServiceUnavailableException) return 'unavailable';
  if (error instanceof ThrottlerException) return 'rate_limited';
  return error instanceof HttpException && error.getStatus() < 500 ? 'invalid_request' : undefined;
}
