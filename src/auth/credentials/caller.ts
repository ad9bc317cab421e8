import type { IncomingMessage } from 'node:http';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import type { RefusalReason } from './refusals.js';

/** What the ApiKeyGuard has found out about a request. */
type Authentication =
  | {
      readonly key: ApiKey;
      /** The id that the client gives its request, if it can be used. */
      readonly requestId: string | undefined;
    }
  | { readonly refusalReason: RefusalReason };

/** Where it is kept; a WeakMap takes several times as long. */
const AUTHENTICATION = Symbol('authentication');

type AuthenticatedRequest = IncomingMessage & { [AUTHENTICATION]?: Authentication };

/** Notes what the ApiKeyGuard has found out. */
export function setAuthentication(request: IncomingMessage, authentication: Authentication): void {
  (request as AuthenticatedRequest)[AUTHENTICATION] = authentication;
}

/** The key that has let a request in; `undefined` on public routes, and without a valid one. */
export function findCaller(request: IncomingMessage): ApiKey | undefined {
  const found = (request as AuthenticatedRequest)[AUTHENTICATION];
  return found !== undefined && 'key' in found ? found.key : undefined;
}

/** Why a request was not let in; `undefined` if it was, or if its route is public. */
export function findRefusalReason(request: IncomingMessage): RefusalReason | undefined {
  const found = (request as AuthenticatedRequest)[AUTHENTICATION];
  return found !== undefined && 'refusalReason' in found ? found.refusalReason : undefined;
}

/** The id that an authenticated client gives its request; `undefined` if it gives none that can be used. */
export function findClientRequestId(request: IncomingMessage): string | undefined {
  const found = (request as AuthenticatedRequest)[AUTHENTICATION];
  return found !== undefined && 'key' in found ? found.requestId : undefined;
}

/**
 * The key that has let a request in.
 *
 * @throws {Error} if there is none: a route that asks for it must not be public
 */
export function callerOf(request: IncomingMessage): ApiKey {
  const key = findCaller(request);
  if (key === undefined) throw new Error('The request has no API key');
  return key;
}
