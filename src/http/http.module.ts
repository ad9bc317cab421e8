import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ConnectionLimits } from './server/connection-limits.js';
import { ErrorFilter } from './errors/error.filter.js';
import { RequestTracker } from './requests/request-tracker.js';
import { LoggingModule } from '../logging/logging.module.js';
import { ClientErrorHandler } from './errors/client-error-handler.js';
import { RequestLifeCycle } from './requests/request-life-cycle.js';
import { RequestLog } from './requests/request-log.js';
import { RequestValidationPipe } from './requests/request-validation.pipe.js';
import { TlsReload } from './server/tls-reload.js';
import { NotFoundHandler } from './errors/not-found-handler.js';

/** What all routes share: error responses, validation, the request log, connection limits and TLS reload. */
@Module({
  imports: [LoggingModule],
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useClass: RequestValidationPipe },
    RequestLifeCycle,
    RequestLog,
    RequestTracker,
    ConnectionLimits,
    ClientErrorHandler,
    TlsReload,
    NotFoundHandler,
  ],
  exports: [RequestLifeCycle],
})
export class HttpModule {}
