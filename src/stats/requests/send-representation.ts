import type { OutgoingHttpHeaders } from 'node:http';
import type { Request, Response } from 'express';
import { acceptsGzip } from '../../http/responses/accepts-gzip.js';
import { isNotModified } from '../../http/responses/is-not-modified.js';
import { sendBody, getByteLength } from '../../http/responses/send-body.js';
import type { Representation } from '../formats/representation.js';

/** Proxies refuse large headers. */
const MAX_NAMES_LENGTH = 2000;

/** The age of the sample, and the age at which a client cache must revalidate it. */
export interface Freshness {
  readonly ageMs: number;
  readonly maxAgeMs: number;
}

/** Sends a representation, compressed if the client accepts that; `304` if the client has it already. */
export async function sendRepresentation(
  request: Request,
  response: Response,
  representation: Representation,
  { ageMs, maxAgeMs }: Freshness,
): Promise<void> {
  const encoding = chooseEncoding(request, representation);
  const etag = representation.etag(encoding);
  const headers: OutgoingHttpHeaders = {
    Age: Math.floor(ageMs / 1000),
    'Cache-Control': `private, max-age=${Math.floor(maxAgeMs / 1000)}`,
    ETag: etag,
    'X-Sampled-At': representation.sampledAt,
    ...describeGaps(representation),
    Vary: 'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
  };
  if (isNotModified(request, response, etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const body =
    encoding === 'gzip'
      ? await representation.gzip(ageMs)
      : (representation.text(ageMs) ?? representation.identity(ageMs));
  headers['Content-Type'] = representation.type;
  headers['Content-Length'] = getByteLength(body);
  if (encoding === 'gzip') headers['Content-Encoding'] = encoding;
  response.writeHead(200, headers);
  sendBody(response, body);
}

/** Names the hosts without figures, and counts the warnings: the basic view has no other place for them. */
function describeGaps({ sample: { hosts = [], warnings = [] } }: Representation): OutgoingHttpHeaders {
  const names = hosts.flatMap(({ name, failure }) => (failure === undefined ? [] : encodeName(name)));
  const text = names.join(', ');
  return {
    ...(names.length > 0 && {
      'X-Skipped-Hosts': text.length > MAX_NAMES_LENGTH ? `${text.slice(0, MAX_NAMES_LENGTH)}...` : text,
    }),
    ...(warnings.length > 0 && { 'X-Warnings': warnings.length }),
  };
}

/** Encodes what a header or its list cannot contain, as in a URL. */
function encodeName(name: string): string {
  return name.replace(/[^\w.:/@+-]+/g, (text) => encodeURIComponent(Buffer.from(text).toString()));
}

function chooseEncoding(request: Request, representation: Representation): 'identity' | 'gzip' {
  return representation.isCompressible && acceptsGzip(request) ? 'gzip' : 'identity';
}
