import type { Request, Response } from 'express';
import type { Representation } from './representation.js';

/** How old a sample is, and how old it may get before a cache must ask again. */
export interface Freshness {
  readonly ageMs: number;
  readonly maxAgeMs: number;
}

/** Answers with a representation, or with `304` to a client that has it; compressed for a client that accepts it. */
export async function sendRepresentation(
  request: Request,
  response: Response,
  representation: Representation,
  { ageMs, maxAgeMs }: Freshness,
): Promise<void> {
  const encoding = encodingFor(request, representation);
  response.setHeader('Age', Math.floor(ageMs / 1000));
  response.setHeader('Cache-Control', `private, max-age=${Math.floor(maxAgeMs / 1000)}`);
  response.setHeader('ETag', representation.etag(encoding));
  response.setHeader('X-Sampled-At', representation.sample.sampledAt.toISOString());
  if (representation.isCompressible) response.setHeader('Vary', 'Accept-Encoding');
  if (request.fresh) {
    response.writeHead(304).end();
    return;
  }
  const body = encoding === 'gzip' ? await representation.gzip(ageMs) : representation.identity(ageMs);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', body.length);
  if (encoding === 'gzip') response.setHeader('Content-Encoding', 'gzip');
  response.end(body);
}

function encodingFor(request: Request, representation: Representation): 'identity' | 'gzip' {
  const { 'accept-encoding': accepted } = request.headers;
  if (!representation.isCompressible || accepted === undefined || accepted === 'identity') return 'identity';
  return request.acceptsEncodings('gzip', 'identity') === 'gzip' ? 'gzip' : 'identity';
}
