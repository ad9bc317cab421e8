import { type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { requestIdOf } from '../requests/request-id.js';

/**
 * What every response tells browsers: to do nothing with it. The headers and values are those of helmet 8, but for
 * `Strict-Transport-Security`, which would hold for all other ports of the host as well.
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

/** Names and values by turns: the form that `writeHead` takes in the least time. */
const ALL = [...SECURITY_HEADERS].flat();

/**
 * Gives every response of an Express application the id of its request, and the security headers but for those that its route has
 * set itself. Every response passes through `writeHead`, which writes all headers at once: to set them one by one costs more.
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
    const headers: unknown[] = [...securityHeadersBeside(own, this), 'X-Request-Id', requestIdOf(this.req)];
    for (const name in own) headers.push(name, own[name]);
    return writeHead.call(this, statusCode, reason, headers);
  };
  Object.assign(express.response, { writeHead: writeSecureHead });
}

/** Those that are neither among the headers of a route nor set before. */
function securityHeadersBeside(own: OutgoingHttpHeaders | undefined, response: ServerResponse): string[] {
  let hasOthers = response.getHeaderNames().length > 0;
  for (const name in own) hasOthers ||= SECURITY_HEADERS.has(name);
  if (!hasOthers) return ALL; // most responses
  return [...SECURITY_HEADERS]
    .filter(([name]) => own?.[name] === undefined && !response.hasHeader(name))
    .flat();
}
