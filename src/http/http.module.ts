import { parse } from 'node:querystring';
import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, HttpAdapterHost } from '@nestjs/core';
import type { Express } from 'express';
import { ErrorFilter } from './error.filter.js';
import { InFlightRequests } from './in-flight-requests.js';
import { MalformedRequests } from './malformed-requests.js';
import { RequestValidationPipe } from './request-validation.pipe.js';
import { UnroutedRequests } from './unrouted-requests.js';

/** What every route shares. */
@Module({
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useClass: RequestValidationPipe },
    InFlightRequests,
    MalformedRequests,
    UnroutedRequests,
  ],
})
export class HttpModule implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const express: Express = this.adapterHost.httpAdapter.getInstance();
    express.disable('x-powered-by');
    express.disable('etag');
    // Express' own parser drops what comes after the thousandth parameter; the limit on the head bounds their number.
    express.set('query parser', (query: string) => parse(query, '&', '=', { maxKeys: 0 }));
  }
}
