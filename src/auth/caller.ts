import type { IncomingMessage } from 'node:http';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import type { RefusalReason } from './credentials/refusals.js';

const callers = new WeakMap<IncomingMessage, ApiKey>();
const reasons = new WeakMap<IncomingMessage, RefusalReason>();

/** Notes whose key a request has brought. For the ApiKeyGuard. */
export function setCaller(request: IncomingMessage, key: ApiKey): void {
  callers.set(request, key);
}

/** Notes why a request was not let in. For the ApiKeyGuard. */
export function setRefusalReason(request: IncomingMessage, reason: RefusalReason): void {
  reasons.set(request, reason);
}

/** The key that has let a request in; `undefined` on public routes, and where none was valid. */
export function findCaller(request: IncomingMessage): ApiKey | undefined {
  return callers.get(request);
}

/** Why a request was not let in; `undefined` if it was, or if nobody asked for its key. */
export function findRefusalReason(request: IncomingMessage): RefusalReason | undefined {
  return reasons.get(request);
}

/**
 * The key that has let a request in.
 *
 * @throws {Error} where there is none: a route that asks for it must not be public
 */
export function callerOf(request: IncomingMessage): ApiKey {
  const key = findCaller(request);
  if (key === undefined) throw new Error('The request has no API key');
  return key;
}
