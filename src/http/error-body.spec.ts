import {
  BadGatewayException,
  BadRequestException,
  MethodNotAllowedException,
  NotFoundException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { dockerTimeout } from '../docker/docker-failures.js';
import { errorBodyOf, INTERNAL } from './error-body.js';

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

  it("tells docker's failures in docker's words", () => {
    expect(errorBodyOf(dockerTimeout(5))).toEqual({
      statusCode: 500,
      code: 'docker_timeout',
      message: 'Error: docker did not answer within 5 ms',
    });
  });

  it.each([new TypeError('secret'), new BadGatewayException('secret'), 'secret', undefined])(
    'tells nothing of a fault of ours: %s',
    (error) => expect(errorBodyOf(error)).toBe(INTERNAL),
  );
});
