import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { RequestLifeCycle, type RequestObserver } from '../requests/request-life-cycle.js';

/** Knows which requests have no full answer yet. */
@Injectable()
export class InFlightRequests implements RequestObserver, OnModuleInit, BeforeApplicationShutdown {
  readonly #responses = new Set<ServerResponse>();
  readonly #bySocket = new WeakMap<Duplex, Set<ServerResponse>>();
  /** The connections whose answers are all sent, with how much they had asked by then. */
  readonly #idle = new Map<Socket, number>();
  /** Called each time that no request is left. */
  readonly #whenNone = new Set<() => void>();
  #isDraining = false;

  constructor(private readonly lifeCycle: RequestLifeCycle) {}

  onModuleInit(): void {
    this.lifeCycle.observe('in-flight', this);
  }

  began({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#on(socket).add(response);
    this.#idle.delete(socket);
    this.#responses.add(response);
    if (this.#isDraining) closeAfter(response);
  }

  ended({ socket }: IncomingMessage, response: ServerResponse): void {
    const onSocket = this.#on(socket);
    onSocket.delete(response);
    this.#responses.delete(response);
    if (onSocket.size === 0 && !socket.destroyed) this.#idle.set(socket, socket.bytesRead);
    if (this.#responses.size === 0) this.#whenNone.forEach((call) => call());
  }

  /** The answer under way on a connection, if there is one. */
  on(socket: Duplex): ServerResponse | undefined {
    return [...this.#on(socket)].find((response) => response.socket === socket);
  }

  /** The last response that a connection owes. */
  lastOn(socket: Duplex): ServerResponse | undefined {
    return [...this.#on(socket)].at(-1);
  }

  /** How many requests of a connection have no full answer yet. */
  countOn(socket: Duplex): number {
    return this.#on(socket).size;
  }

  /** Closes the connections that wait for another request. Node's own way cuts off answers that are written, and not sent yet. */
  closeIdle(): void {
    for (const [socket, bytesRead] of this.#idle) if (socket.bytesRead === bytesRead) socket.destroy();
  }

  /** From now on each connection ends with its answer; calls `whenNone` each time that no request is left. */
  drain(whenNone: () => void): void {
    this.#isDraining = true;
    this.#whenNone.add(whenNone);
    this.#responses.forEach(closeAfter);
    if (this.#responses.size === 0) whenNone();
  }

  /** Waits for the answers under way: Node's close of a server cuts off those that are written, and not sent yet. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.#responses.size > 0) await new Promise<void>((resolve) => this.#whenNone.add(resolve));
  }

  #on(socket: Duplex): Set<ServerResponse> {
    const known = this.#bySocket.get(socket);
    if (known !== undefined) return known;
    const responses = new Set<ServerResponse>();
    this.#bySocket.set(socket, responses);
    socket.once('close', () => {
      this.#idle.delete(socket as Socket);
      // Node does not tell a response whose turn in a pipeline has not come.
      for (const response of responses) if (response.socket === null) response.emit('close');
    });
    return responses;
  }
}

/** Ends a response's connection with it. */
export function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
