import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { findCurrentKey } from '../../auth/credentials/authentication.js';
import { getChallenges } from '../../auth/credentials/challenges.js';
import { getRequestId } from '../requests/request-id.js';
import { toErrorBody, INTERNAL_ERROR } from './error-body.js';

/** For temporary errors that set no `Retry-After` themselves. */
const DEFAULT_RETRY_AFTER_SECONDS = '1';

/** Converts every error of a route to an HTTP response. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger(ErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    if (response.destroyed && isAbort(error)) return; // the client has disconnected
    const request = http.getRequest<Request>();
    const body = toErrorBody(error, findCurrentKey(request));
    if (body === INTERNAL_ERROR) this.#logger.error({ requestId: getRequestId(request), err: error });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.set('Cache-Control', 'no-store');
    if (body.statusCode === 401) response.set('WWW-Authenticate', getChallenges(request));
    const isTemporary = body.statusCode === 429 || body.statusCode === 503;
    if (isTemporary && !response.hasHeader('Retry-After')) {
      response.set('Retry-After', DEFAULT_RETRY_AFTER_SECONDS);
    }
    response.status(body.statusCode).json(body);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
