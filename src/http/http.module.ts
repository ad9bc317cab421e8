import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ConnectionLimits } from './connection-limits.js';
import { ErrorFilter } from './error.filter.js';
import { InFlightRequests } from './in-flight-requests.js';
import { LogOutput } from './log-output.js';
import { ServiceLogger } from './logger.js';
import { MalformedRequests } from './malformed-requests.js';
import { RequestLog } from './request-log.js';
import { RequestValidationPipe } from './request-validation.pipe.js';
import { standardOutput } from './standard-output.js';
import { TlsReload } from './tls-reload.js';
import { UnroutedRequests } from './unrouted-requests.js';

/** What every route shares, behind the {@link ServerAdapter}. */
@Module({
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useClass: RequestValidationPipe },
    { provide: LogOutput, useFactory: standardOutput },
    ServiceLogger,
    RequestLog,
    InFlightRequests,
    ConnectionLimits,
    MalformedRequests,
    TlsReload,
    UnroutedRequests,
  ],
})
export class HttpModule {}
