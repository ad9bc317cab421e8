import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { findCurrentKey } from '../../auth/credentials/authentication.js';
import { RequestLifeCycle, type RequestObserver } from '../../http/requests/request-life-cycle.js';
import { getRoute } from '../../http/requests/request-route.js';
import { ServiceMetrics } from './service-metrics.js';

/** Counts every finished or aborted request. */
@Injectable()
export class RequestCounter implements RequestObserver, OnModuleInit {
  constructor(
    private readonly lifeCycle: RequestLifeCycle,
    private readonly metrics: ServiceMetrics,
  ) {}

  onModuleInit(): void {
    this.lifeCycle.observe('count', this);
  }

  onEnd(request: IncomingMessage, response: ServerResponse): void {
    // `statusCode` is 200 before the response is written.
    const status = response.headersSent ? String(response.statusCode) : 'aborted';
    this.metrics.countRequest(getRoute(request), status, findCurrentKey(request)?.name ?? '');
  }
}
