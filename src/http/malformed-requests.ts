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

/** Answers what is no HTTP request, and so never reaches Express, in the shape of every other error. */
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
    // Node passes it on as a clientError, and leaves the connection to us; without a handshake no answer would go out.
    server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy());
  }
}

function answer(socket: Duplex, statusCode: number): void {
  const reason = STATUS_CODES[statusCode] ?? '';
  const body: ErrorBody = { statusCode, code: 'invalid_request', message: reason };
  const json = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${statusCode} ${reason}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(json)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${json}`);
}
