import type { OutgoingHttpHeaders } from 'node:http';
import type { Request, Response } from 'express';
import { acceptsGzip } from '../../http/responses/accepts-gzip.js';
import { isNotModified } from '../../http/responses/is-not-modified.js';
import { getByteLength, sendBody } from '../../http/responses/send-body.js';
import type { HistoryBody } from '../formats/history-body.js';

/**
 * Sends a body, compressed if the client accepts that; `304` if the client has it already. A cache must always revalidate it:
 * the window of most requests moves with the time.
 */
export async function sendHistory(request: Request, response: Response, body: HistoryBody): Promise<void> {
  const encoding = body.isCompressible && acceptsGzip(request) ? 'gzip' : 'identity';
  const etag = body.etag(encoding);
  const headers: OutgoingHttpHeaders = {
    'Cache-Control': 'private, no-cache',
    ETag: etag,
    ...(body.sampledAt !== undefined && { 'X-Sampled-At': body.sampledAt }),
    Vary: 'Accept, Accept-Encoding, Authorization, Origin, X-API-Key',
  };
  if (isNotModified(request, response, etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const pieces = encoding === 'gzip' ? await body.body.gzip() : body.body.identity();
  headers['Content-Type'] = body.type;
  headers['Content-Length'] = getByteLength(pieces);
  if (encoding === 'gzip') headers['Content-Encoding'] = encoding;
  response.writeHead(200, headers);
  sendBody(response, pieces);
}
