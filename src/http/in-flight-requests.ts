import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Knows which requests have no full answer yet. */
@Injectable()
export class InFlightRequests implements OnModuleInit {
  readonly #responses = new Set<ServerResponse>();
  #whenNone: (() => void) | undefined;

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.prependListener('request', (_request, response: ServerResponse) => {
      this.#responses.add(response);
      if (this.#whenNone !== undefined) closeAfter(response);
      response.on('close', () => this.#forget(response));
    });
    // Before its turn in a pipeline, a response has no connection that would tell it of the end.
    server.on('connection', (socket: Socket) => {
      socket.once('close', () => {
        for (const response of this.#responses) if (response.req.socket === socket) this.#forget(response);
      });
    });
  }

  /** The answer under way on a connection, if there is one. */
  on(socket: Duplex): ServerResponse | undefined {
    return [...this.#responses].find((response) => response.socket === socket);
  }

  /** From now on each connection ends with its answer; calls `whenNone` each time that no request is left. */
  drain(whenNone: () => void): void {
    this.#whenNone = whenNone;
    this.#responses.forEach(closeAfter);
    if (this.#responses.size === 0) whenNone();
  }

  #forget(response: ServerResponse): void {
    this.#responses.delete(response);
    if (this.#responses.size === 0) this.#whenNone?.();
  }
}

/** Ends a response's connection with it. */
export function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
