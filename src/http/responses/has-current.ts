import type { Request, Response } from 'express';

/** Whether the client has the representation with this ETag (RFC 9110, section 13.1.2), as Express finds it out. */
export function hasCurrent(request: Request, response: Response, etag: string): boolean {
  if (request.headers['if-none-match'] === undefined) return false; // most requests: to ask Express costs
  response.setHeader('ETag', etag);
  return request.fresh;
}
