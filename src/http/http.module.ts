import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ConnectionLimits } from './server/connection-limits.js';
import { ErrorFilter } from './errors/error.filter.js';
import { InFlightRequests } from './requests/in-flight-requests.js';
import { LoggingModule } from '../logging/logging.module.js';
import { MalformedRequests } from './errors/malformed-requests.js';
import { RequestLifeCycle } from './requests/request-life-cycle.js';
import { RequestLog } from './requests/request-log.js';
import { RequestValidationPipe } from './requests/request-validation.pipe.js';
import { TlsReload } from './server/tls-reload.js';
import { UnroutedRequests } from './errors/unrouted-requests.js';

/** What every route shares, behind the {@link ServerAdapter}. */
@Module({
  imports: [LoggingModule],
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useClass: RequestValidationPipe },
    RequestLifeCycle,
    RequestLog,
    InFlightRequests,
    ConnectionLimits,
    MalformedRequests,
    TlsReload,
    UnroutedRequests,
  ],
  exports: [RequestLifeCycle],
})
export class HttpModule {}
