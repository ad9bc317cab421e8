import type { Request, Response } from 'express';

/** Whether the client already has the representation with this ETag (RFC 9110, section 13.1.2). Sets the ETag header, which Express compares. */
export function isNotModified(request: Request, response: Response, etag: string): boolean {
  if (request.headers['if-none-match'] === undefined) return false; // fast path for most requests
  response.setHeader('ETag', etag);
  return request.fresh;
}
