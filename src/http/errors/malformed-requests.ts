import { type Server, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ErrorBody } from 'docker-stats-client';
import { closeAfter, InFlightRequests } from '../requests/in-flight-requests.js';
import { jsonText } from '../responses/json-text.js';

/** How long a client has to read the response. To close with unread bytes would be a reset, which can lose it. */
const LINGER_MS = 1000;

/** What Node's parser and timers find wrong; everything else is a 400. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What OpenSSL calls a request that comes in place of a handshake. */
const PLAIN_HTTP = new Set(['ERR_SSL_HTTP_REQUEST', 'ERR_SSL_HTTPS_PROXY_REQUEST']);

const ALLOWED = 'GET, HEAD, OPTIONS';

const NO_TUNNEL = { code: 'method_not_allowed', message: `CONNECT is not allowed: use ${ALLOWED}` } as const;

/** Answers what is no HTTP request or asks for a tunnel, and so never reaches Express, in the shape of every other error. */
@Injectable()
export class MalformedRequests implements OnModuleInit {
  /** The connections that are being closed; the parser may find more errors on them. */
  readonly #ending = new WeakSet<Duplex>();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly inFlight: InFlightRequests,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (this.#ending.has(socket)) return;
      this.#ending.add(socket);
      this.#refuse(socket, STATUSES[error.code ?? ''] ?? 400);
    });
    server.on('connect', (_request, socket) => {
      // Node has taken off its own listeners: nobody else would end the connection, or know when to send more on it.
      for (const event of ['error', 'timeout']) socket.on(event, () => socket.destroy());
      if (this.inFlight.countOn(socket) > 0) {
        socket.destroy();
        return;
      }
      socket.end(errorResponse(405, NO_TUNNEL, [`Allow: ${ALLOWED}`]));
      destroySoon(socket);
    });
    // Node passes it on as a clientError, and leaves the connection to us; without a handshake no answer would go out over TLS.
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
      if (PLAIN_HTTP.has(error.code ?? '')) {
        tcpSocketOf(socket)?.end(errorResponse(400, { message: 'This port speaks TLS: use https://' }));
      }
      socket.destroy();
    });
  }

  #refuse(socket: Duplex, statusCode: number): void {
    const earlier = this.inFlight.lastOn(socket);
    if (earlier === undefined) {
      if (socket.writable) socket.end(errorResponse(statusCode));
      destroySoon(socket);
      return;
    }
    // The responses to what came before must come whole; further bytes must not put off the timeout of a client that reads nothing.
    socket.pause();
    closeAfter(earlier);
    earlier.once('close', () => this.#refuse(socket, statusCode));
  }
}

/** The connection below a TLS socket, for which Node has no public name. */
function tcpSocketOf(socket: Duplex): Socket | undefined {
  const below: unknown = Reflect.get(socket, '_parent');
  return below instanceof Socket ? below : undefined;
}

/** Discards what the client still sends, then destroys the connection: a client may never close its end. */
function destroySoon(socket: Duplex): void {
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}

function errorResponse(
  statusCode: number,
  error: Partial<ErrorBody> = {},
  headers: readonly string[] = [],
): string {
  const reason = STATUS_CODES[statusCode] ?? '';
  const body: ErrorBody = { statusCode, code: 'invalid_request', message: reason, ...error };
  const json = jsonText(body);
  const head = [
    `HTTP/1.1 ${statusCode} ${reason}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(json)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    ...headers,
  ];
  return `${head.join('\r\n')}\r\n\r\n${json}`;
}
