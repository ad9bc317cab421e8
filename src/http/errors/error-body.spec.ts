import {
  BadGatewayException,
  BadRequestException,
  MethodNotAllowedException,
  NotFoundException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { createDockerError, createTimeoutError } from '../../docker/cli/docker-failures.js';
import { toErrorBody, INTERNAL_ERROR } from './error-body.js';

const ENDED = { exitCode: 1, signal: null, stdout: '', stderr: '', timedOut: false, durationMs: 1 };

describe('the body of an error response', () => {
  it.each([
    [new BadRequestException('why'), 400, 'invalid_request'],
    [new UnauthorizedException('why'), 401, 'unauthorized'],
    [new NotFoundException('why'), 404, 'not_found'],
    [new MethodNotAllowedException('why'), 405, 'method_not_allowed'],
    [new ServiceUnavailableException('why'), 503, 'unavailable'],
  ])('has the code that belongs to %s', (error, statusCode, code) => {
    expect(toErrorBody(error)).toEqual({ statusCode, code, message: 'why' });
  });

  it("contains docker's own error text and how to fix it", () => {
    expect(toErrorBody(createTimeoutError(5))).toEqual({
      statusCode: 500,
      code: 'docker_timeout',
      message:
        'Error: Docker did not respond within 5 ms. To fix: check whether the Docker daemon hangs; ' +
        'DOCKER_TIMEOUT_MS and HEALTH_TIMEOUT_MS set the deadlines.',
    });
  });

  it.each([{ containers: ['web-*'] }, { projects: ['shop'] }])(
    "replaces docker's error text with a fixed text for an API key with the scope %o",
    (scope) => {
      const error = createDockerError({
        ...ENDED,
        stderr: 'Error response from daemon: secret-job is broken',
      });
      expect(toErrorBody(error, scope).message).toBe(
        'Error: The docker CLI failed. To fix: run `docker stats --no-stream` by hand, ' +
          'as the user and in the environment of this service.',
      );
    },
  );

  it.each([new TypeError('secret'), new BadGatewayException('secret'), 'secret', undefined])(
    'contains no details of an internal error: %s',
    (error) => expect(toErrorBody(error)).toBe(INTERNAL_ERROR),
  );
});
