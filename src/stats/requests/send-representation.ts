import type { OutgoingHttpHeaders } from 'node:http';
import type { Request, Response } from 'express';
import { acceptsGzip } from '../../http/responses/accepts-gzip.js';
import { hasCurrent } from '../../http/responses/has-current.js';
import { sendBody, sizeOf } from '../../http/responses/send-body.js';
import type { Representation } from '../formats/representation.js';

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
  const etag = representation.etag(encoding);
  const headers: OutgoingHttpHeaders = {
    Age: Math.floor(ageMs / 1000),
    'Cache-Control': `private, max-age=${Math.floor(maxAgeMs / 1000)}`,
    ETag: etag,
    'X-Sampled-At': representation.sampledAt,
    Vary: 'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
  };
  if (hasCurrent(request, response, etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const body =
    encoding === 'gzip'
      ? await representation.gzip(ageMs)
      : (representation.text(ageMs) ?? representation.identity(ageMs));
  headers['Content-Type'] = representation.type;
  headers['Content-Length'] = sizeOf(body);
  if (encoding === 'gzip') headers['Content-Encoding'] = encoding;
  response.writeHead(200, headers);
  sendBody(response, body);
}

function encodingFor(request: Request, representation: Representation): 'identity' | 'gzip' {
  return representation.isCompressible && acceptsGzip(request) ? 'gzip' : 'identity';
}
