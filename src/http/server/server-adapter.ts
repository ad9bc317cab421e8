import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { parse } from 'node:querystring';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';
import { noteClientCertificate } from '../../auth/credentials/client-certificate.js';
import type { Settings } from '../../config/settings.js';
import { readTlsFiles } from '../../config/files/tls-files.js';
import { inTurn } from './pipelined-requests.js';
import { endJsonWithNewline } from '../responses/json-text.js';
import { MAX_HEAD_BYTES, requestLimits } from '../requests/request-limits.js';
import type { RequestSource } from '../requests/request-life-cycle.js';
import { requestTarget } from '../requests/request-target.js';
import { addSecurityHeaders } from '../responses/security-headers.js';

/** How often Node looks for requests that take too long; its default of 30 s would add as much to their time. */
const TIMEOUT_CHECK_MS = 1000;

/** Express on a server of ours: what holds for every request before Nest's routes see it. */
export class ServerAdapter extends ExpressAdapter implements RequestSource {
  /** Set by the RequestLifeCycle. */
  onRequest: RequestListener = () => undefined;
  /** Every open connection; Node's own list has none whose TLS handshake is under way. */
  readonly #sockets = new Set<Socket>();

  constructor(private readonly settings: Settings) {
    super();
    const express = this.getInstance<Express>();
    express.disable('x-powered-by');
    express.disable('etag');
    express.set('env', settings.NODE_ENV); // else that of the process, in which the settings are not
    express.set('trust proxy', settings.TRUST_PROXY);
    // Express' own parser drops what comes after the thousandth parameter; the limit on the head bounds their number.
    express.set('query parser', (query: string) => parse(query, '&', '=', { maxKeys: 0 }));
    addSecurityHeaders(express);
    endJsonWithNewline(express);
    this.use(requestLimits);
    if (settings.CORS_ORIGINS.length > 0) this.enableCors(corsOptions(settings.CORS_ORIGINS));
  }

  /** Called by Nest, which knows no options for a server without TLS. */
  override initHttpServer(): void {
    const { REQUEST_TIMEOUT_MS, KEEP_ALIVE_TIMEOUT_MS, TLS_CLIENT_CA_FILE } = this.settings;
    const options: ServerOptions = {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      requireHostHeader: false, // refused by requestLimits, with a body
    };
    const tls = readTlsFiles(this.settings);
    // Without a client certificate the probes of Kubernetes must get in, which have none: the ApiKeyGuard asks for it.
    const clients = { requestCert: TLS_CLIENT_CA_FILE !== undefined, rejectUnauthorized: false };
    const express = this.getInstance<Express>();
    const begin: RequestListener = (request, response) => this.onRequest(request, response);
    const serve: RequestListener = (request, response) => {
      request.url = requestTarget(request.method, request.url ?? '');
      express(request, response);
    };
    const listener = inTurn({ begin, serve });
    this.httpServer =
      tls === undefined
        ? createServer(options, listener)
        : createTlsServer({ ...options, ...tls, ...clients, handshakeTimeout: REQUEST_TIMEOUT_MS }, listener);
    const server = this.httpServer as Server;
    server.maxHeadersCount = 0; // Node ignores the headers beyond this number; the limit on the head bounds them
    // An answer that needs no body of the request need not wait for it, and what else a client expects may be ignored
    // (RFC 9110, section 10.1.1).
    for (const event of ['checkContinue', 'checkExpectation'] as const) {
      server.on(event, (request, response) => server.emit('request', request, response));
    }
    // This also clears OpenSSL's errors: Node takes the one of a wrong signature for an error of the connection.
    if (TLS_CLIENT_CA_FILE !== undefined) server.on('secureConnection', noteClientCertificate);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Called by Nest when all requests are answered: what is open still is of no use, and would hold up the stop. */
  override close(): Promise<unknown> | undefined {
    const closed = super.close();
    this.#sockets.forEach((socket) => socket.destroy());
    return closed;
  }
}

/** What pages of these origins may ask and read; the key that they need is in no cookie, so none is sent along. */
function corsOptions(origins: readonly string[]): Parameters<ExpressAdapter['enableCors']>[0] {
  return {
    origin: [...origins],
    methods: ['GET', 'HEAD'],
    allowedHeaders: [
      'X-API-Key',
      'Authorization',
      'Cache-Control',
      'If-None-Match',
      'Last-Event-ID',
      'X-Request-Id',
    ],
    exposedHeaders: ['Age', 'ETag', 'X-Sampled-At', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  };
}
