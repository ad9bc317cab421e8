import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Level } from 'pino';
import { findCaller, findRefusalReason } from '../../auth/credentials/caller.js';
import { clientAddressOf } from '../../auth/limits/client-address.js';
import { ServiceLogger } from '../../logging/logger.js';
import { requestIdOf } from './request-id.js';
import { RequestLifeCycle, type RequestObserver } from './request-life-cycle.js';
import { routeOf } from './route-of.js';

/** Gives the log one line of each request when it has ended. Never its URL or its headers: these may hold keys. */
@Injectable()
export class RequestLog implements RequestObserver, OnModuleInit {
  constructor(
    private readonly lifeCycle: RequestLifeCycle,
    private readonly logger: ServiceLogger,
  ) {}

  onModuleInit(): void {
    this.lifeCycle.observe('log', this);
  }

  ended(request: IncomingMessage, response: ServerResponse, durationMs: number): void {
    const route = routeOf(request);
    const level = levelOf(route, response.statusCode);
    const { pino } = this.logger;
    if (!pino.isLevelEnabled(level)) return;
    const key = findCaller(request);
    pino[level]({
      requestId: requestIdOf(request),
      method: request.method,
      route,
      status: response.headersSent ? response.statusCode : null,
      durationMs: Math.round(durationMs * 10) / 10,
      key: key?.name,
      reason: key === undefined ? findRefusalReason(request) : undefined,
      remoteAddress: clientAddressOf(request),
      aborted: response.writableFinished ? undefined : true,
      msg: response.writableFinished ? 'request completed' : 'request aborted',
    });
  }
}

/** Probes come every few seconds, and the health checks log what changes. */
function levelOf(route: string, status: number): Level {
  if (/^\/health\b/.test(route) && (status < 500 || status === 503)) return 'debug';
  return status < 500 ? 'info' : 'error';
}
