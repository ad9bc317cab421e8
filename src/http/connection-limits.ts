import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { normalizeIp } from '@nestjs/throttler';
import { Settings } from '../config/settings.js';
import { InFlightRequests } from './in-flight-requests.js';

/** How long a client may take nothing of an answer that waits for it. */
const SEND_TIMEOUT_MS = 60_000;

/** From this part of `CONNECTIONS_MAX` on, connections that wait for another request are closed. */
const CROWDED = 0.9;

/**
 * Which part of `CONNECTIONS_MAX` one address may have, if `TRUST_PROXY` does not name it; of IPv6 its network of 64 bits, of
 * which a client has all addresses.
 */
const SHARE = 0.5;

/** How many requests one connection may have under way; what Node reads at once may hold thousands. */
const MAX_PIPELINED = 100;

/** How often idle connections are closed at most: all must be looked at. */
const CLOSE_IDLE_MS = 1000;

const WARN_MS = 60_000;

/** Keeps clients from taking all connections, by their number or by keeping them, and from asking for too much on one. */
@Injectable()
export class ConnectionLimits implements OnModuleInit {
  readonly #logger = new Logger(ConnectionLimits.name);
  readonly #byAddress = new Map<string, number>();
  #open = 0;
  #closedIdleAt = -Infinity;
  #warnedAt = -Infinity;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly inFlight: InFlightRequests,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    const { CONNECTIONS_MAX } = this.settings;
    server.maxConnections = CONNECTIONS_MAX;
    server.on('drop', () => this.#warn(`${CONNECTIONS_MAX} connections are open: no more are taken`));
    server.prependListener('connection', (socket: Socket) => {
      this.#count(socket);
      if (this.#open >= CONNECTIONS_MAX * CROWDED) this.#closeIdle();
    });
    server.prependListener('request', ({ socket }: IncomingMessage) => {
      if (this.inFlight.countOn(socket) >= MAX_PIPELINED) socket.destroy();
    });
    server.setTimeout(SEND_TIMEOUT_MS, (socket: Socket) => this.#timeOut(socket));
  }

  #count(socket: Socket): void {
    const { remoteAddress = '' } = socket;
    const address = normalizeIp(remoteAddress);
    const count = (this.#byAddress.get(address) ?? 0) + 1;
    this.#byAddress.set(address, count);
    this.#open++;
    socket.once('close', () => {
      this.#open--;
      const left = (this.#byAddress.get(address) ?? 0) - 1;
      if (left > 0) this.#byAddress.set(address, left);
      else this.#byAddress.delete(address);
    });
    const limit = Math.ceil(this.settings.CONNECTIONS_MAX * SHARE);
    // By its address, wherever it stands: a number of proxies would trust whoever connects.
    if (count <= limit || this.settings.TRUST_PROXY(remoteAddress, Infinity)) return;
    this.#warn(`${address} has ${limit} connections open: no more of it are taken`);
    socket.destroy();
  }

  #closeIdle(): void {
    if (performance.now() < this.#closedIdleAt + CLOSE_IDLE_MS) return;
    this.#closedIdleAt = performance.now();
    this.inFlight.closeIdle();
  }

  /** Nothing was sent or taken for the time that Node allows. Who waits for docker may wait on. */
  #timeOut(socket: Socket): void {
    const response = this.inFlight.on(socket);
    if (response === undefined || response.headersSent) socket.destroy();
  }

  #warn(message: string): void {
    if (performance.now() < this.#warnedAt + WARN_MS) return;
    this.#warnedAt = performance.now();
    this.#logger.warn(message);
  }
}
