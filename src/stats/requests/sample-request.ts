import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseMaxAgeMs } from '../../http/requests/requested-max-age.js';

/** What a request requires of its sample. */
export interface SampleRequest {
  /** The maximum age in milliseconds; `undefined` for the limit of the service. */
  readonly maxAgeMs: number | undefined;
  /** Creates a signal that aborts when the client disconnects. Called only if the request has to wait. */
  readonly createCloseSignal: () => AbortSignal;
}

/** Reads the required freshness from `Cache-Control`. */
export function parseSampleRequest({ headers }: IncomingMessage, response: ServerResponse): SampleRequest {
  return {
    maxAgeMs: parseMaxAgeMs(headers['cache-control']),
    createCloseSignal: () => createCloseSignal(response),
  };
}

function createCloseSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  else response.once('close', () => controller.abort());
  return controller.signal;
}
