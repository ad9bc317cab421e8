import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { parse } from 'node:querystring';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';
import { recordClientCertificate } from '../../auth/credentials/client-certificate.js';
import type { Settings } from '../../config/settings.js';
import { readTlsFiles } from '../../config/files/tls-files.js';
import { serveInOrder } from './pipelined-requests.js';
import { endJsonWithNewline } from '../responses/json-text.js';
import { MAX_HEAD_BYTES, enforceRequestLimits } from '../requests/request-limits.js';
import type { RequestSource } from '../requests/request-life-cycle.js';
import { parseRequestTarget } from '../requests/request-target.js';
import { addSecurityHeaders } from '../responses/security-headers.js';

/** How often Node checks the request timeouts. They can be exceeded by this much; Node's default is 30 s. */
const TIMEOUT_CHECK_MS = 1000;

/** The HTTP(S) server and its Express application: handles every request before Nest's routes do. */
export class ServerAdapter extends ExpressAdapter implements RequestSource {
  /** Set by the RequestLifeCycle. */
  onRequest: RequestListener = () => undefined;
  /** Every open connection; Node's own list lacks those whose TLS handshake is in progress. */
  readonly #sockets = new Set<Socket>();

  constructor(private readonly settings: Settings) {
    super();
    const express = this.getInstance<Express>();
    express.disable('x-powered-by');
    express.disable('etag');
    express.set('env', settings.NODE_ENV); // Express would read it from process.env
    express.set('trust proxy', settings.TRUST_PROXY);
    // Express's own parser ignores parameters after the thousandth. MAX_HEAD_BYTES bounds their number.
    express.set('query parser', (query: string) => parse(query, '&', '=', { maxKeys: 0 }));
    addSecurityHeaders(express);
    endJsonWithNewline(express);
    this.use(enforceRequestLimits);
    if (settings.CORS_ORIGINS.length > 0) this.enableCors(createCorsOptions(settings.CORS_ORIGINS));
  }

  /** Creates the server itself, since Nest passes no options to a server without TLS. */
  override initHttpServer(): void {
    const { REQUEST_TIMEOUT_MS, KEEP_ALIVE_TIMEOUT_MS, TLS_CLIENT_CA_FILE } = this.settings;
    const options: ServerOptions = {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      requireHostHeader: false, // enforceRequestLimits checks it and responds with a JSON body
    };
    const tls = readTlsFiles(this.settings);
    // The handshake must succeed without a client certificate, for Kubernetes probes; the ApiKeyGuard requires it.
    const clientCertificates = { requestCert: TLS_CLIENT_CA_FILE !== undefined, rejectUnauthorized: false };
    const express = this.getInstance<Express>();
    const begin: RequestListener = (request, response) => this.onRequest(request, response);
    const serve: RequestListener = (request, response) => {
      request.url = parseRequestTarget(request.method, request.url ?? '');
      express(request, response);
    };
    const listener = serveInOrder({ begin, serve });
    this.httpServer =
      tls === undefined
        ? createServer(options, listener)
        : createTlsServer(
            { ...options, ...tls, ...clientCertificates, handshakeTimeout: REQUEST_TIMEOUT_MS },
            listener,
          );
    const server = this.httpServer as Server;
    server.maxHeadersCount = 0; // no limit: Node would ignore further headers. MAX_HEAD_BYTES bounds them
    // Handle requests with `Expect` like all others: no route needs the body, and unknown expectations may be ignored
    // (RFC 9110, section 10.1.1).
    for (const event of ['checkContinue', 'checkExpectation'] as const) {
      server.on(event, (request, response) => server.emit('request', request, response));
    }
    // This also clears OpenSSL's error queue. Otherwise Node reports a wrong signature as an error of the connection.
    if (TLS_CLIENT_CA_FILE !== undefined) server.on('secureConnection', recordClientCertificate);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Also destroys the open connections, which would delay the shutdown. Nest calls this when all responses are sent. */
  override close(): Promise<unknown> | undefined {
    const closed = super.close();
    this.#sockets.forEach((socket) => socket.destroy());
    return closed;
  }
}

/** Creates the CORS options for these origins. Credentials are not allowed: the API key is never in a cookie. */
function createCorsOptions(origins: readonly string[]): Parameters<ExpressAdapter['enableCors']>[0] {
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
