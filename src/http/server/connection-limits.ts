import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { normalizeIp } from '@nestjs/throttler';
import { Settings } from '../../config/settings.js';
import { descriptorLimit } from './descriptor-limit.js';
import { InFlightRequests } from '../requests/in-flight-requests.js';

/** How long a client may take nothing of an answer that waits for it. */
const SEND_TIMEOUT_MS = 60_000;

/** File descriptors for all else: docker's pipes, files, the log. At rest about 20 are open, and a docker run takes 8. */
const RESERVED_DESCRIPTORS = 64;

/** From this part of the maximum on, connections that wait for another request are closed. */
const CROWDED = 0.9;

/**
 * Which part of the maximum one address may have, if `TRUST_PROXY` does not name it; of IPv6 its network of 64 bits, of
 * which a client has all addresses.
 */
const SHARE = 0.5;

/** How often idle connections are closed at most: all must be looked at. */
const CLOSE_IDLE_MS = 1000;

const WARN_MS = 60_000;

/** Keeps clients from taking all connections, by their number or by keeping them. */
@Injectable()
export class ConnectionLimits implements OnModuleInit {
  readonly #logger = new Logger(ConnectionLimits.name);
  readonly #byAddress = new Map<string, number>();
  #max = 0;
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
    this.#max = this.#findMax();
    server.maxConnections = this.#max;
    server.on('drop', () => this.#warn(`${this.#max} connections are open: no more are taken`));
    server.prependListener('connection', (socket: Socket) => {
      this.#count(socket);
      if (this.#open >= this.#max * CROWDED) this.#closeIdle();
    });
    server.setTimeout(SEND_TIMEOUT_MS, (socket: Socket) => this.#timeOut(socket));
  }

  /** `CONNECTIONS_MAX`, or what the limit on file descriptors leaves of it: docker must get its own at any time. */
  #findMax(): number {
    const { CONNECTIONS_MAX } = this.settings;
    const limit = descriptorLimit() ?? Infinity;
    const needed = CONNECTIONS_MAX + RESERVED_DESCRIPTORS;
    if (limit >= needed) return CONNECTIONS_MAX;
    const max = Math.max(1, limit - RESERVED_DESCRIPTORS);
    this.#logger.warn(
      `At most ${max} connections are taken, not CONNECTIONS_MAX=${CONNECTIONS_MAX}: ` +
        `this process may open ${limit} files only. Allow it ${needed} (ulimit -n, LimitNOFILE= of systemd, ` +
        `--ulimit nofile= of docker run), or set CONNECTIONS_MAX=${max}`,
    );
    return max;
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
    const limit = Math.ceil(this.#max * SHARE);
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
