import type { Request } from 'express';

/** Whether a client takes gzip, and likes nothing else better. */
export function acceptsGzip(request: Request): boolean {
  const { 'accept-encoding': accepted } = request.headers;
  if (accepted === undefined || accepted === 'identity') return false; // most clients: to read more of it costs
  return request.acceptsEncodings('gzip', 'identity') === 'gzip';
}
