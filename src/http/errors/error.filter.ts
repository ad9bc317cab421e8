import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { findCaller } from '../../auth/credentials/caller.js';
import { challengesOf } from '../../auth/credentials/challenges.js';
import { requestIdOf } from '../requests/request-id.js';
import { errorBodyOf, INTERNAL } from './error-body.js';

/** When to try again, where nothing more is known. */
const RETRY_AFTER_SECONDS = '1';

/** The one place where errors become HTTP answers. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger(ErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    if (response.destroyed && isAbort(error)) return; // the client has gone, and nobody waits any more
    const request = http.getRequest<Request>();
    const body = errorBodyOf(error, findCaller(request));
    if (body === INTERNAL) this.#logger.error({ requestId: requestIdOf(request), err: error });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.set('Cache-Control', 'no-store');
    if (body.statusCode === 401) response.set('WWW-Authenticate', challengesOf(request));
    const isForNow = body.statusCode === 429 || body.statusCode === 503;
    if (isForNow && !response.hasHeader('Retry-After')) response.set('Retry-After', RETRY_AFTER_SECONDS);
    response.status(body.statusCode).json(body);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
