import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { RequestLifeCycle, type RequestObserver } from './request-life-cycle.js';

/** A connection that has asked for something. */
interface Connection {
  readonly socket: Duplex;
  /** Those that are not sent yet, the oldest first. */
  readonly responses: Set<ServerResponse>;
  /** How many bytes had been read when the last response ended: a client that has sent more since is not idle. */
  bytesRead: number;
}

/** Knows which requests have no full response yet. */
@Injectable()
export class InFlightRequests implements RequestObserver, OnModuleInit, BeforeApplicationShutdown {
  readonly #connections = new Map<Duplex, Connection>();
  #count = 0;
  /** Called each time that no request is left. */
  readonly #whenNone = new Set<() => void>();
  #isDraining = false;

  constructor(private readonly lifeCycle: RequestLifeCycle) {}

  onModuleInit(): void {
    this.lifeCycle.observe('in-flight', this);
  }

  began({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(socket) ?? this.#connect(socket);
    connection.responses.add(response);
    this.#count++;
    if (this.#isDraining) closeAfter(response);
  }

  ended({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(socket);
    connection?.responses.delete(response);
    if (connection !== undefined) connection.bytesRead = socket.bytesRead;
    if (--this.#count === 0) this.#whenNone.forEach((call) => call());
  }

  /** The response that is being sent on a connection, if there is one. */
  on(socket: Duplex): ServerResponse | undefined {
    return this.#responsesOn(socket).find((response) => response.socket === socket);
  }

  /** The last response that a connection owes. */
  lastOn(socket: Duplex): ServerResponse | undefined {
    return this.#responsesOn(socket).at(-1);
  }

  /** How many requests of a connection have no full response yet. */
  countOn(socket: Duplex): number {
    return this.#responsesOn(socket).length;
  }

  /** Closes the connections that wait for another request. Node's own way cuts off responses that are written, and not sent yet. */
  closeIdle(): void {
    for (const { socket, responses, bytesRead } of this.#connections.values()) {
      if (responses.size === 0 && (socket as Socket).bytesRead === bytesRead) socket.destroy();
    }
  }

  /** From now on each connection ends with its response; calls `whenNone` each time that no request is left. */
  drain(whenNone: () => void): void {
    this.#isDraining = true;
    this.#whenNone.add(whenNone);
    for (const { responses } of this.#connections.values()) responses.forEach(closeAfter);
    if (this.#count === 0) whenNone();
  }

  /** Waits for the responses under way: Node's close of a server cuts off those that are written, and not sent yet. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#whenNone.add(resolve));
  }

  #responsesOn(socket: Duplex): ServerResponse[] {
    return [...(this.#connections.get(socket)?.responses ?? [])];
  }

  #connect(socket: Duplex): Connection {
    const connection: Connection = { socket, responses: new Set(), bytesRead: 0 };
    this.#connections.set(socket, connection);
    socket.once('close', () => {
      this.#connections.delete(socket);
      // Node does not tell a response whose turn in a pipeline has not come.
      for (const response of connection.responses) if (response.socket === null) response.emit('close');
    });
    return connection;
  }
}

/** Ends a response's connection with it. */
export function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
