import type { ServerResponse } from 'node:http';
import { type AddressedRequest, getClientAddress } from '../../auth/limits/client-address.js';
import { parseRequestedFreshness, type RequestedFreshness } from '../../http/requests/requested-freshness.js';
import type { SampleNeeds } from '../selection/host-selector.js';

/** What a request requires of its sample. */
export interface SampleRequest extends RequestedFreshness, SampleNeeds {
  /** The address of the client. */
  readonly address: string;
  /** Creates a signal that aborts when the client disconnects. Called only if the request has to wait. */
  readonly createCloseSignal: () => AbortSignal;
}

/** Reads the required freshness from `Cache-Control`. */
export function parseSampleRequest(
  request: AddressedRequest,
  response: ServerResponse,
  needs: SampleNeeds = {},
): SampleRequest {
  return {
    ...needs,
    ...parseRequestedFreshness(request.headers['cache-control']),
    address: getClientAddress(request),
    createCloseSignal: () => createCloseSignal(response),
  };
}

function createCloseSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  else response.once('close', () => controller.abort());
  return controller.signal;
}
