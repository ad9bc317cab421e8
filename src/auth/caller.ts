import type { IncomingMessage } from 'node:http';
import type { ApiKey } from '../config/api-keys.js';

const callers = new WeakMap<IncomingMessage, ApiKey>();

/** Notes whose key a request has brought. For the ApiKeyGuard. */
export function setCaller(request: IncomingMessage, key: ApiKey): void {
  callers.set(request, key);
}

/** The key that has let a request in; `undefined` on public routes, and where none was valid. */
export function findCaller(request: IncomingMessage): ApiKey | undefined {
  return callers.get(request);
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
