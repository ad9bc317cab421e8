import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ConnectionLimits } from './connection-limits.js';
import { ErrorFilter } from './error.filter.js';
import { InFlightRequests } from './in-flight-requests.js';
import { MalformedRequests } from './malformed-requests.js';
import { RequestValidationPipe } from './request-validation.pipe.js';
import { TlsReload } from './tls-reload.js';
import { UnroutedRequests } from './unrouted-requests.js';

/** What every route shares, behind the {@link ServerAdapter}. */
@Module({
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useClass: RequestValidationPipe },
    InFlightRequests,
    ConnectionLimits,
    MalformedRequests,
    TlsReload,
    UnroutedRequests,
  ],
})
export class HttpModule {}
