import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { findClientRequestId } from '../../auth/credentials/authentication.js';

const GENERATED_ID = Symbol('request id');

/** Gets the id for the response and the log line of a request: that of an authenticated client, else a generated one. */
export function getRequestId(request: IncomingMessage & { [GENERATED_ID]?: string }): string {
  return findClientRequestId(request) ?? (request[GENERATED_ID] ??= randomUUID());
}
