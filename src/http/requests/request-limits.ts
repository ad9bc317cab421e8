import { BadRequestException, HttpException, HttpStatus, PayloadTooLargeException } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { closeConnectionAfter } from './request-tracker.js';
import { REFUSED_TARGET } from './request-target.js';

/** Limit of the request line and all headers together; Node refuses more with `431`. */
export const MAX_HEAD_BYTES = 16_384;

/** Limit of the path and the query. */
const MAX_URL_BYTES = 8192;

/** No route uses a body, but a small one does no harm. */
const MAX_BODY_BYTES = 16_384;

/** Refuses requests that are too large, have no `Host`, or whose target is neither a path nor an http URL. */
export function enforceRequestLimits(request: Request, response: Response, next: NextFunction): void {
  const { headers, httpVersion, url } = request;
  if (headers.host === undefined && httpVersion !== '1.0') {
    next(new BadRequestException('The Host header is missing'));
  } else if (url === REFUSED_TARGET) {
    next(new BadRequestException('The request target must be a path or an http URL'));
  } else if (url.length > MAX_URL_BYTES) {
    next(new HttpException(`The URL is longer than ${MAX_URL_BYTES} bytes`, HttpStatus.URI_TOO_LONG));
  } else if ('transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    closeConnectionAfter(response); // so that the body is not read
    next(new PayloadTooLargeException('No route accepts a request body; send none'));
  } else {
    next();
  }
}
