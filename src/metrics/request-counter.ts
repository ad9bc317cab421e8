import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { findCaller } from '../auth/credentials/caller.js';
import { RequestLifeCycle, type RequestObserver } from '../http/requests/request-life-cycle.js';
import { routeOf } from '../http/requests/route-of.js';
import { ServiceMetrics } from './service-metrics.js';

/** Counts every request that has ended. */
@Injectable()
export class RequestCounter implements RequestObserver, OnModuleInit {
  constructor(
    private readonly lifeCycle: RequestLifeCycle,
    private readonly metrics: ServiceMetrics,
  ) {}

  onModuleInit(): void {
    this.lifeCycle.observe('count', this);
  }

  ended(request: IncomingMessage, response: ServerResponse): void {
    // `statusCode` is 200 until a response is written.
    const status = response.headersSent ? String(response.statusCode) : 'aborted';
    this.metrics.answered(routeOf(request), status, findCaller(request)?.name ?? '');
  }
}
