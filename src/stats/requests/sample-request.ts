import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestedMaxAgeMs } from '../../http/requests/requested-max-age.js';

/** What a request wants of a sample. */
export interface SampleRequest {
  /** How old the sample may be, in milliseconds; `undefined` for what the service allows. */
  readonly maxAgeMs: number | undefined;
  /** A signal that is aborted when the client has gone. Called only if the request must wait: most do not. */
  readonly gone: () => AbortSignal;
}

/** Reads what a request wants of a sample: its freshness is in `Cache-Control`. */
export function sampleRequestOf({ headers }: IncomingMessage, response: ServerResponse): SampleRequest {
  return { maxAgeMs: requestedMaxAgeMs(headers['cache-control']), gone: () => closeSignal(response) };
}

function closeSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  else response.once('close', () => controller.abort());
  return controller.signal;
}
