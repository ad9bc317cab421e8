import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ErrorBody } from './error-body.js';
import { closeAfter, InFlightRequests } from './in-flight-requests.js';

/** What Node's parser and timers find wrong; everything else is a 400. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const ALLOWED = 'GET, HEAD, OPTIONS';

const NO_TUNNEL = { code: 'method_not_allowed', message: `CONNECT is not allowed: use ${ALLOWED}` } as const;

/** Answers what is no HTTP request or asks for a tunnel, and so never reaches Express, in the shape of every other error. */
@Injectable()
export class MalformedRequests implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly inFlight: InFlightRequests,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const earlier = this.inFlight.on(socket); // the answer to what came before must come whole
      if (earlier !== undefined) closeAfter(earlier);
      else if (socket.writable) answer(socket, STATUSES[error.code ?? ''] ?? 400);
      else socket.destroy();
    });
    server.on('connect', (_request, socket) => {
      // Node has taken off its own listeners: nobody else would end the connection, or know when to send more on it.
      for (const event of ['error', 'timeout', 'finish']) socket.on(event, () => socket.destroy());
      if (this.inFlight.countOn(socket) === 0) answer(socket, 405, NO_TUNNEL, [`Allow: ${ALLOWED}`]);
      else socket.destroy();
    });
    // Node passes it on as a clientError, and leaves the connection to us; without a handshake no answer would go out.
    server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy());
  }
}

function answer(
  socket: Duplex,
  statusCode: number,
  error: Partial<ErrorBody> = {},
  headers: readonly string[] = [],
): void {
  const reason = STATUS_CODES[statusCode] ?? '';
  const body: ErrorBody = { statusCode, code: 'invalid_request', message: reason, ...error };
  const json = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${statusCode} ${reason}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(json)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    ...headers,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${json}`);
}
