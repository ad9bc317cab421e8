import type { Request } from 'express';

/** Whether the client accepts gzip and prefers no other encoding that the service has. */
export function acceptsGzip(request: Request): boolean {
  const { 'accept-encoding': accepted } = request.headers;
  if (accepted === undefined || accepted === 'identity') return false; // fast path for most requests
  return request.acceptsEncodings('gzip', 'identity') === 'gzip';
}
