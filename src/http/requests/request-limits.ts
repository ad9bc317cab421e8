import { BadRequestException, HttpException, HttpStatus, PayloadTooLargeException } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { closeAfter } from './in-flight-requests.js';
import { REFUSED_TARGET } from './request-target.js';

/** Of the request line and all headers; Node answers what is larger with `431`. */
export const MAX_HEAD_BYTES = 16_384;

/** Of the path and the query. */
const MAX_URL_BYTES = 8192;

/** No route takes a body; a client that sends a small one all the same is not refused for it. */
const MAX_BODY_BYTES = 16_384;

/** Refuses what is too large, what no host is named in, and what asks for neither a path nor an http URL. */
export function requestLimits(request: Request, response: Response, next: NextFunction): void {
  const { headers, httpVersion, url } = request;
  if (headers.host === undefined && httpVersion !== '1.0') {
    next(new BadRequestException('The Host header is missing'));
  } else if (url === REFUSED_TARGET) {
    next(new BadRequestException('The request target must be a path or an http URL'));
  } else if (url.length > MAX_URL_BYTES) {
    next(new HttpException(`The URL must have ${MAX_URL_BYTES} bytes or less`, HttpStatus.URI_TOO_LONG));
  } else if ('transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    closeAfter(response); // rather than read on
    next(new PayloadTooLargeException('No route takes a body'));
  } else {
    next();
  }
}
