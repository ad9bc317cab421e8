import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { normalizeIp } from '@nestjs/throttler';
import { Settings } from '../../config/settings.js';
import { readDescriptorLimit } from './descriptor-limit.js';
import { RequestTracker } from '../requests/request-tracker.js';

/** A connection is closed when nothing could be sent or received for this long. */
const WRITE_TIMEOUT_MS = 60_000;

/** File descriptors reserved for docker's pipes, files and the log. An idle service has about 20 open; a docker run needs 8. */
const RESERVED_DESCRIPTORS = 64;

/** Above this share of the maximum, idle connections are closed. */
const CLOSE_IDLE_ABOVE = 0.9;

/**
 * The share of the maximum that one client address may use; addresses in `TRUST_PROXY` may use all. An IPv6 /64 network counts as
 * one address, since one client can use all of it.
 */
const SHARE_PER_ADDRESS = 0.5;

/** Shortest time between two rounds of closing idle connections: a round visits all connections. */
const CLOSE_IDLE_INTERVAL_MS = 1000;

const WARN_INTERVAL_MS = 60_000;

/** Limits the number of connections, in total and per client address, and closes those without traffic. */
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
    private readonly requestTracker: RequestTracker,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    this.#max = this.#computeMax();
    server.maxConnections = this.#max;
    server.on('drop', () =>
      this.#warn(`Refusing new connections: ${this.#max} are open, the maximum (see CONNECTIONS_MAX)`),
    );
    server.prependListener('connection', (socket: Socket) => {
      this.#countOrRefuse(socket);
      if (this.#open >= this.#max * CLOSE_IDLE_ABOVE) this.#closeIdle();
    });
    server.setTimeout(WRITE_TIMEOUT_MS, (socket: Socket) => this.#timeOut(socket));
  }

  /** `CONNECTIONS_MAX`, or less if there are too few file descriptors: docker runs need some too. */
  #computeMax(): number {
    const { CONNECTIONS_MAX } = this.settings;
    const limit = readDescriptorLimit() ?? Infinity;
    const needed = CONNECTIONS_MAX + RESERVED_DESCRIPTORS;
    if (limit >= needed) return CONNECTIONS_MAX;
    const max = Math.max(1, limit - RESERVED_DESCRIPTORS);
    this.#logger.warn(
      `Connections are limited to ${max} instead of CONNECTIONS_MAX=${CONNECTIONS_MAX}: ` +
        `this process may open only ${limit} files. To fix: allow ${needed} open files (ulimit -n, LimitNOFILE= in systemd, ` +
        `--ulimit nofile= for docker run), or set CONNECTIONS_MAX=${max}`,
    );
    return max;
  }

  #countOrRefuse(socket: Socket): void {
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
    const limit = Math.ceil(this.#max * SHARE_PER_ADDRESS);
    // A TRUST_PROXY that is a number of proxies trusts by hop count, not by address: with Infinity, it trusts none.
    if (count <= limit || this.settings.TRUST_PROXY(remoteAddress, Infinity)) return;
    this.#warn(
      `Refusing new connections from ${address}: ${limit} are open, the maximum for one address. If it is a proxy, set TRUST_PROXY to its address`,
    );
    socket.destroy();
  }

  #closeIdle(): void {
    if (performance.now() < this.#closedIdleAt + CLOSE_IDLE_INTERVAL_MS) return;
    this.#closedIdleAt = performance.now();
    this.requestTracker.closeIdleConnections();
  }

  /** Closes a connection after {@link WRITE_TIMEOUT_MS} without traffic, unless its request waits for docker. */
  #timeOut(socket: Socket): void {
    const response = this.requestTracker.findCurrentResponse(socket);
    if (response === undefined || response.headersSent) socket.destroy();
  }

  #warn(message: string): void {
    if (performance.now() < this.#warnedAt + WARN_INTERVAL_MS) return;
    this.#warnedAt = performance.now();
    this.#logger.warn(message);
  }
}
