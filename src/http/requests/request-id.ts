import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { findClientRequestId } from '../../auth/caller.js';

const generated = new WeakMap<IncomingMessage, string>();

/** The id of a request, for its response and its line in the log: the one of an authenticated client, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const known = findClientRequestId(request) ?? generated.get(request);
  if (known !== undefined) return known;
  const id = randomUUID();
  generated.set(request, id);
  return id;
}
