import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  HttpStatus,
  Logger,
  MethodNotAllowedException,
  NotFoundException,
  UnauthorizedException,
} from '@nestjs/common';
import type { Response } from 'express';
import { DockerError } from '../docker/docker.error.js';

/** The body of every error. */
export interface ErrorBody {
  readonly statusCode: number;
  /** Stable: for programs. */
  readonly code: string;
  /** For people; may change. */
  readonly message: string;
}

const INTERNAL: ErrorBody = {
  statusCode: HttpStatus.INTERNAL_SERVER_ERROR,
  code: 'internal',
  message: 'Internal server error',
};

/** The one place where errors become HTTP answers: domain errors and Nest's exceptions to {@link ErrorBody}. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger(ErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const body = this.#bodyOf(error);
    response.set('Cache-Control', 'no-store');
    // RFC 9110, section 15.5.2: a 401 says how to authenticate.
    if (body.statusCode === 401) response.set('WWW-Authenticate', 'Bearer realm="docker-stats-api"');
    response.status(body.statusCode).json(body);
  }

  #bodyOf(error: unknown): ErrorBody {
    if (error instanceof DockerError) {
      this.#logger.error(error.forOperator);
      return { statusCode: 500, code: error.code, message: `Error: ${error.message}` };
    }
    if (!(error instanceof HttpException) || error.getStatus() >= 500) {
      this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return INTERNAL;
    }
    return { statusCode: error.getStatus(), code: codeOf(error), message: error.message };
  }
}

function codeOf(error: HttpException): string {
  if (error instanceof UnauthorizedException) return 'unauthorized';
  if (error instanceof NotFoundException) return 'not_found';
  if (error instanceof MethodNotAllowedException) return 'method_not_allowed';
  return 'invalid_request';
}
