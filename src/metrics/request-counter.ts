import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Request } from 'express';
import { findCaller } from '../auth/caller.js';
import { routeOf } from '../http/requests/route-of.js';
import { ServiceMetrics } from './service-metrics.js';

/** Counts every request when its answer has ended, or its client has gone. */
@Injectable()
export class RequestCounter implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly metrics: ServiceMetrics,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      if (!request.socket.writable) return; // the rest of a pipeline that nobody answers
      response.once('close', () => {
        // Node calls an answer a 200 that nobody has written yet.
        const status = response.headersSent ? String(response.statusCode) : 'aborted';
        this.metrics.answered(routeOf(request as Request), status, findCaller(request)?.name ?? '');
      });
    });
  }
}
