import { type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { getRequestId } from '../requests/request-id.js';

/**
 * Headers that forbid browsers to run, embed or share a response. The list is that of helmet 8 without `Strict-Transport-Security`,
 * which would apply to all other ports of the host too.
 */
const SECURITY_HEADERS: ReadonlyMap<string, string> = new Map([
  ['Content-Security-Policy', "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'"],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Origin-Agent-Cluster', '?1'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-DNS-Prefetch-Control', 'off'],
  ['X-Download-Options', 'noopen'],
  ['X-Frame-Options', 'DENY'],
  ['X-Permitted-Cross-Domain-Policies', 'none'],
  ['X-XSS-Protection', '0'],
]);

/** Alternating names and values: the fastest input format of `writeHead`. */
const ALL_HEADERS = [...SECURITY_HEADERS].flat();

/**
 * Adds `X-Request-Id` and the security headers to every response of an Express application; the headers of a route override them.
 * Does so in `writeHead`, since setting each header on its own is slower.
 */
export function addSecurityHeaders(express: Express): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its `this`
  const writeHead = ServerResponse.prototype.writeHead as (...args: unknown[]) => ServerResponse;
  const writeSecureHead = function (
    this: ServerResponse,
    statusCode: number,
    ...rest: unknown[]
  ): ServerResponse {
    const reason = typeof rest[0] === 'string' ? rest.shift() : undefined;
    const own = rest[0] as OutgoingHttpHeaders | undefined;
    const headers: unknown[] = [...getSecurityHeaders(own, this), 'X-Request-Id', getRequestId(this.req)];
    for (const name in own) headers.push(name, own[name]);
    return writeHead.call(this, statusCode, reason, headers);
  };
  Object.assign(express.response, { writeHead: writeSecureHead });
}

/** Gets the security headers that the route has not set itself. */
function getSecurityHeaders(own: OutgoingHttpHeaders | undefined, response: ServerResponse): string[] {
  let mayOverride = response.getHeaderNames().length > 0;
  for (const name in own) mayOverride ||= SECURITY_HEADERS.has(name);
  if (!mayOverride) return ALL_HEADERS; // fast path for most responses
  return [...SECURITY_HEADERS]
    .filter(([name]) => own?.[name] === undefined && !response.hasHeader(name))
    .flat();
}
