import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Level } from 'pino';
import { findCurrentKey, findRefusalReason } from '../../auth/credentials/authentication.js';
import { getClientAddress } from '../../auth/limits/client-address.js';
import { ServiceLogger } from '../../logging/logger.js';
import { getRequestId } from './request-id.js';
import { RequestLifeCycle, type RequestObserver } from './request-life-cycle.js';
import { getRoute } from './request-route.js';

/** Logs one line for each request when it ends. The URL and the headers are not logged: they may contain keys. */
@Injectable()
export class RequestLog implements RequestObserver, OnModuleInit {
  constructor(
    private readonly lifeCycle: RequestLifeCycle,
    private readonly logger: ServiceLogger,
  ) {}

  onModuleInit(): void {
    this.lifeCycle.observe('log', this);
  }

  onEnd(request: IncomingMessage, response: ServerResponse, durationMs: number): void {
    const route = getRoute(request);
    const level = getLevel(route, response.statusCode);
    const { pino } = this.logger;
    if (!pino.isLevelEnabled(level)) return;
    const key = findCurrentKey(request);
    pino[level]({
      requestId: getRequestId(request),
      method: request.method,
      route,
      status: response.headersSent ? response.statusCode : null,
      durationMs: Math.round(durationMs * 10) / 10,
      key: key?.name,
      reason: key === undefined ? findRefusalReason(request) : undefined,
      remoteAddress: getClientAddress(request),
      aborted: response.writableFinished ? undefined : true,
      msg: response.writableFinished ? 'request completed' : 'request aborted',
    });
  }
}

/**
 * Health checks come every few seconds, and log changes themselves: `debug` keeps them out of the log. Clients ask for a 504 with
 * `only-if-cached`: it is no error.
 */
function getLevel(route: string, status: number): Level {
  if (/^\/health\b/.test(route) && (status < 500 || status === 503)) return 'debug';
  return status < 500 || status === 504 ? 'info' : 'error';
}
