import { type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { requestIdOf } from '../requests/request-id.js';

/**
 * What every response tells browsers: to do nothing with it. The headers and values are those of helmet 8, but for
 * `Strict-Transport-Security`, which would hold for all other ports of the host as well.
 */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Frame-Options': 'DENY',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
};

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
    const own = this.getHeaderNames().length === 0 ? undefined : this.getHeaders();
    const headers: OutgoingHttpHeaders = {
      'X-Request-Id': requestIdOf(this.req),
      ...(own === undefined ? SECURITY_HEADERS : withoutNames(SECURITY_HEADERS, own)),
    };
    return writeHead.call(this, statusCode, reason, Object.assign(headers, rest[0]));
  };
  Object.assign(express.response, { writeHead: writeSecureHead });
}

/** The headers whose names are not among others, which are in lower case. */
function withoutNames(
  headers: Readonly<Record<string, string>>,
  others: OutgoingHttpHeaders,
): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !(name.toLowerCase() in others)));
}
