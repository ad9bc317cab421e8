import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { RequestLifeCycle, type RequestObserver } from './request-life-cycle.js';

/** A connection that has sent at least one request. */
interface Connection {
  readonly socket: Duplex;
  /** The responses that are not completely sent, oldest first. */
  readonly responses: Set<ServerResponse>;
  /** Bytes read when the last response ended. If more have arrived since, the client is sending a request. */
  bytesRead: number;
}

/** Tracks the requests in progress: those whose response is not completely sent. */
@Injectable()
export class RequestTracker implements RequestObserver, OnModuleInit, BeforeApplicationShutdown {
  readonly #connections = new Map<Duplex, Connection>();
  #count = 0;
  /** Called each time the last request in progress ends. */
  readonly #drainListeners = new Set<() => void>();
  #isDraining = false;

  constructor(private readonly lifeCycle: RequestLifeCycle) {}

  onModuleInit(): void {
    this.lifeCycle.observe('tracker', this);
  }

  onBegin({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(socket) ?? this.#addConnection(socket);
    connection.responses.add(response);
    this.#count++;
    if (this.#isDraining) closeConnectionAfter(response);
  }

  onEnd({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(socket);
    connection?.responses.delete(response);
    if (connection !== undefined) connection.bytesRead = socket.bytesRead;
    if (--this.#count === 0) this.#drainListeners.forEach((listener) => listener());
  }

  /** Finds the response that is being sent on a connection. */
  findCurrentResponse(socket: Duplex): ServerResponse | undefined {
    return this.#responsesOn(socket).find((response) => response.socket === socket);
  }

  /** Finds the response to the last request of a connection, if it is in progress. */
  findLastResponse(socket: Duplex): ServerResponse | undefined {
    return this.#responsesOn(socket).at(-1);
  }

  /** Counts the requests in progress of a connection. */
  countRequests(socket: Duplex): number {
    return this.#responsesOn(socket).length;
  }

  /**
   * Closes the connections without a request in progress. Node's `closeIdleConnections` also aborts responses that are written but
   * not yet sent.
   */
  closeIdleConnections(): void {
    for (const { socket, responses, bytesRead } of this.#connections.values()) {
      if (responses.size === 0 && (socket as Socket).bytesRead === bytesRead) socket.destroy();
    }
  }

  /**
   * Closes each connection after its current response. Calls `onDrained` each time the last request in progress ends, and at once
   * if no request is in progress.
   */
  drain(onDrained: () => void): void {
    this.#isDraining = true;
    this.#drainListeners.add(onDrained);
    for (const { responses } of this.#connections.values()) responses.forEach(closeConnectionAfter);
    if (this.#count === 0) onDrained();
  }

  /** Waits until all responses are sent: Node's `server.close` aborts those that are written but not yet sent. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#drainListeners.add(resolve));
  }

  #responsesOn(socket: Duplex): ServerResponse[] {
    return [...(this.#connections.get(socket)?.responses ?? [])];
  }

  #addConnection(socket: Duplex): Connection {
    const connection: Connection = { socket, responses: new Set(), bytesRead: 0 };
    this.#connections.set(socket, connection);
    socket.once('close', () => {
      this.#connections.delete(socket);
      // Node emits no 'close' on a pipelined response that has not been assigned to the socket.
      for (const response of connection.responses) if (response.socket === null) response.emit('close');
    });
    return connection;
  }
}

/** Closes the connection after this response, unless its headers are already sent. */
export function closeConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
