import { type Server, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ErrorBody } from 'docker-stats-client';
import { closeConnectionAfter, RequestTracker } from '../requests/request-tracker.js';
import { formatJson } from '../responses/json-text.js';

/** How long a client has to read an error response. Closing at once would reset the connection, and the response could be lost. */
const LINGER_MS = 1000;

/** The status for each error code of Node's HTTP parser and timers; all others get 400. */
const STATUS_BY_ERROR_CODE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** OpenSSL's error codes for an HTTP request in place of a TLS handshake. */
const PLAIN_HTTP_ERROR_CODES = new Set(['ERR_SSL_HTTP_REQUEST', 'ERR_SSL_HTTPS_PROXY_REQUEST']);

const ALLOWED_METHODS = 'GET, HEAD, OPTIONS';

const CONNECT_NOT_ALLOWED = {
  code: 'method_not_allowed',
  message: `CONNECT is not allowed: use ${ALLOWED_METHODS}`,
} as const;

/**
 * Responds to what never reaches Express: malformed HTTP, timeouts of requests, `CONNECT`, and plain HTTP on the TLS port. The body
 * has the shape of every other error.
 */
@Injectable()
export class ClientErrorHandler implements OnModuleInit {
  /** Connections that already had an error. The parser may report more errors for the same connection. */
  readonly #closing = new WeakSet<Duplex>();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly requestTracker: RequestTracker,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (this.#closing.has(socket)) return;
      this.#closing.add(socket);
      this.#refuse(socket, STATUS_BY_ERROR_CODE[error.code ?? ''] ?? 400);
    });
    server.on('connect', (_request, socket) => {
      // Node has removed its listeners from this socket. It no longer handles errors and timeouts, nor completes earlier
      // responses.
      for (const event of ['error', 'timeout']) socket.on(event, () => socket.destroy());
      if (this.requestTracker.countRequests(socket) > 0) {
        socket.destroy();
        return;
      }
      socket.end(formatErrorResponse(405, CONNECT_NOT_ALLOWED, [`Allow: ${ALLOWED_METHODS}`]));
      destroySoon(socket);
    });
    // Before the TLS handshake, a response can only be sent over the TCP socket. Node does not close the connection itself.
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
      if (PLAIN_HTTP_ERROR_CODES.has(error.code ?? '')) {
        findTcpSocket(socket)?.end(
          formatErrorResponse(400, { message: 'This port requires TLS: use https://' }),
        );
      }
      socket.destroy();
    });
  }

  #refuse(socket: Duplex, statusCode: number): void {
    const pending = this.requestTracker.findLastResponse(socket);
    if (pending === undefined) {
      if (socket.writable) socket.end(formatErrorResponse(statusCode));
      destroySoon(socket);
      return;
    }
    // Complete the responses to earlier requests first. Read no more bytes: each would restart the write timeout.
    socket.pause();
    closeConnectionAfter(pending);
    pending.once('close', () => this.#refuse(socket, statusCode));
  }
}

/** Finds the TCP socket below a TLS socket; Node has no public property for it. */
function findTcpSocket(socket: Duplex): Socket | undefined {
  const parent: unknown = Reflect.get(socket, '_parent');
  return parent instanceof Socket ? parent : undefined;
}

/** Discards further bytes and destroys the connection after {@link LINGER_MS}, since a client may never close its end. */
function destroySoon(socket: Duplex): void {
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}

/** Formats a whole HTTP response; the message defaults to the reason phrase of the status. */
function formatErrorResponse(
  statusCode: number,
  error: Partial<ErrorBody> = {},
  headers: readonly string[] = [],
): string {
  const reason = STATUS_CODES[statusCode] ?? '';
  const body: ErrorBody = { statusCode, code: 'invalid_request', message: reason, ...error };
  const json = formatJson(body);
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
