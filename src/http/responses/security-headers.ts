import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Express } from 'express';
import helmet from 'helmet';

/** What every answer tells browsers: to do nothing with it. */
function securityHeaders(): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const recorder = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
  };
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false, // would hold for all other ports of the host as well
    xFrameOptions: { action: 'deny' },
  });
  setHeaders({} as IncomingMessage, recorder as unknown as ServerResponse, () => undefined);
  return headers;
}

/**
 * Gives every answer of an Express application the id of its request, and the security headers but for those that its
 * route has set itself. Every answer passes through `writeHead`, which writes all headers at once; helmet as a middleware
 * would set one after the other, and Node would then set those of the answer so too.
 */
export function addSecurityHeaders(express: Express): void {
  const headers = [...securityHeaders()];
  // oxlint-disable-next-line typescript/unbound-method -- called with its `this`
  const writeHead = ServerResponse.prototype.writeHead as (...args: unknown[]) => ServerResponse;
  const writeSecureHead = function (
    this: ServerResponse,
    statusCode: number,
    ...rest: unknown[]
  ): ServerResponse {
    const reason = typeof rest[0] === 'string' ? rest.shift() : undefined;
    const all: OutgoingHttpHeaders = { 'X-Request-Id': this.req.id as string };
    for (const [name, value] of headers) if (!this.hasHeader(name)) all[name] = value;
    return writeHead.call(this, statusCode, reason, Object.assign(all, rest[0]));
  };
  Object.assign(express.response, { writeHead: writeSecureHead });
}
