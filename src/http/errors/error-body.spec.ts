import {
  BadGatewayException,
  BadRequestException,
  MethodNotAllowedException,
  NotFoundException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { dockerFailure, dockerTimeout } from '../../docker/docker-failures.js';
import { errorBodyOf, INTERNAL } from './error-body.js';

const ENDED = { exitCode: 1, signal: null, stdout: '', stderr: '', timedOut: false, durationMs: 1 };

describe('errorBodyOf', () => {
  it.each([
    [new BadRequestException('why'), 400, 'invalid_request'],
    [new UnauthorizedException('why'), 401, 'unauthorized'],
    [new NotFoundException('why'), 404, 'not_found'],
    [new MethodNotAllowedException('why'), 405, 'method_not_allowed'],
    [new ServiceUnavailableException('why'), 503, 'unavailable'],
  ])('tells the kind of %s by its code', (error, statusCode, code) => {
    expect(errorBodyOf(error)).toEqual({ statusCode, code, message: 'why' });
  });

  it("tells docker's failures in docker's words, and what to do", () => {
    expect(errorBodyOf(dockerTimeout(5))).toEqual({
      statusCode: 500,
      code: 'docker_timeout',
      message:
        'Error: docker did not answer within 5 ms. To fix: check the Docker daemon, which seems to hang; ' +
        'DOCKER_TIMEOUT_MS and HEALTH_TIMEOUT_MS set the deadlines.',
    });
  });

  it("tells a key with a scope docker's failures in words of ours, and what to do", () => {
    const error = dockerFailure({ ...ENDED, stderr: 'Error response from daemon: secret-job is broken' });
    expect(errorBodyOf(error, { containers: ['web-*'] }).message).toBe(
      'Error: the docker CLI failed. To fix: run `docker stats --no-stream` by hand, ' +
        'as the user and in the environment of this service.',
    );
  });

  it.each([new TypeError('secret'), new BadGatewayException('secret'), 'secret', undefined])(
    'tells nothing of a fault of ours: %s',
    (error) => expect(errorBodyOf(error)).toBe(INTERNAL),
  );
});
