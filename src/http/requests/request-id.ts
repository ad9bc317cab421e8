import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { findClientRequestId } from '../../auth/credentials/caller.js';

/** Where a new id is kept. */
const ID = Symbol('request id');

/** The id of a request, for its response and its line in the log: the one of an authenticated client, else a new one. */
export function requestIdOf(request: IncomingMessage & { [ID]?: string }): string {
  return findClientRequestId(request) ?? (request[ID] ??= randomUUID());
}
