import {
  BadRequestException,
  GatewayTimeoutException,
  InternalServerErrorException,
  MethodNotAllowedException,
  NotFoundException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { ErrorBody, ErrorCode } from 'docker-stats-client';
import { REFUSALS } from '../src/auth/credentials/refusals.js';
import { CommandError } from '../src/command/command.error.js';
import {
  convertCommandError,
  createDockerError,
  createTimeoutError,
  createPodmanError,
} from '../src/docker/cli/docker-failures.js';
import { toErrorBody } from '../src/http/errors/error-body.js';
import { convertRequestError, createResponseError } from '../src/prometheus/client/prometheus-failures.js';
import { NOT_CACHED } from '../src/stats/requests/request-sample.service.js';
import { createObjectSchema } from './builders.js';
import type { SchemaObject } from './openapi-types.js';

/** An error for each code, as the service throws it. */
const ERRORS: Readonly<Record<ErrorCode, unknown>> = {
  docker_not_found: convertCommandError(
    new CommandError('command_not_found', 'docker could not be started: spawn docker ENOENT'),
  ),
  docker_unreachable: failWith(
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  ),
  docker_timeout: createTimeoutError(15_000),
  docker_unsupported: createPodmanError('4.3.1'),
  docker_failed: failWith('Error response from daemon: something broke'),
  prometheus_unreachable: convertRequestError(
    Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:9090'), { code: 'ECONNREFUSED' }),
  ),
  prometheus_timeout: convertRequestError(new DOMException('The operation timed out', 'TimeoutError')),
  prometheus_failed: createResponseError(422, 'query processing would load too many samples', 'execution'),
  internal: new InternalServerErrorException(),
  unauthorized: new UnauthorizedException(REFUSALS.missing.message),
  invalid_request: new BadRequestException(
    'Unknown query parameter "nmae"; allowed: api_key, format, name, view',
  ),
  not_found: new NotFoundException('No running container has this name or id'),
  method_not_allowed: new MethodNotAllowedException(
    'This method is not allowed here: use GET, HEAD, OPTIONS',
  ),
  rate_limited: new ThrottlerException(
    'Too many requests: the limit is 6000 per minute; retry after the time in Retry-After',
  ),
  not_cached: new GatewayTimeoutException(NOT_CACHED),
  unavailable: new ServiceUnavailableException('Too many streams are open; try again later'),
};

/** The schema of {@link ErrorBody}. */
export const ERROR_SCHEMA: SchemaObject = {
  ...createObjectSchema({
    statusCode: { type: 'integer', minimum: 400, maximum: 599, description: 'The status of the response.' },
    code: { type: 'string', enum: Object.keys(ERRORS), description: 'Stable; for programs.' },
    message: { type: 'string', description: 'Human-readable; may change.' },
  } satisfies Record<keyof ErrorBody, SchemaObject>),
  description: 'An error.',
};

/** Creates an example of the error body for each code. */
export function createErrorExamples(codes: readonly ErrorCode[]): Record<string, ErrorBody> {
  return Object.fromEntries(codes.map((code) => [code, toErrorBody(ERRORS[code])]));
}

/** The error for a docker that prints this text to stderr. */
function failWith(stderr: string): unknown {
  return createDockerError({ exitCode: 1, signal: null, stdout: '', stderr, durationMs: 0, timedOut: false });
}
