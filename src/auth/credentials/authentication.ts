import type { IncomingMessage } from 'node:http';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import type { RefusalReason } from './refusals.js';

/** The result of the ApiKeyGuard for a request. */
type Authentication =
  | {
      readonly key: ApiKey;
      /** The `X-Request-Id` of the client, if it is usable. */
      readonly requestId: string | undefined;
    }
  | { readonly refusalReason: RefusalReason };

/** The property of a request that has the result. A WeakMap takes several times as long. */
const AUTHENTICATION = Symbol('authentication');

type AuthenticatedRequest = IncomingMessage & { [AUTHENTICATION]?: Authentication };

/** Stores the result of the ApiKeyGuard. */
export function setAuthentication(request: IncomingMessage, authentication: Authentication): void {
  (request as AuthenticatedRequest)[AUTHENTICATION] = authentication;
}

/** The valid API key of a request; `undefined` on public routes and for refused requests. */
export function findCurrentKey(request: IncomingMessage): ApiKey | undefined {
  const found = (request as AuthenticatedRequest)[AUTHENTICATION];
  return found !== undefined && 'key' in found ? found.key : undefined;
}

/** Why a request was refused; `undefined` if it was accepted or its route is public. */
export function findRefusalReason(request: IncomingMessage): RefusalReason | undefined {
  const found = (request as AuthenticatedRequest)[AUTHENTICATION];
  return found !== undefined && 'refusalReason' in found ? found.refusalReason : undefined;
}

/** The usable `X-Request-Id` of a request with a valid API key; otherwise `undefined`. */
export function findClientRequestId(request: IncomingMessage): string | undefined {
  const found = (request as AuthenticatedRequest)[AUTHENTICATION];
  return found !== undefined && 'key' in found ? found.requestId : undefined;
}

/**
 * The valid API key of a request.
 *
 * @throws {Error} if there is none, because the route is `@Public()`
 */
export function getCurrentKey(request: IncomingMessage): ApiKey {
  const key = findCurrentKey(request);
  if (key === undefined) throw new Error('The request has no API key');
  return key;
}
