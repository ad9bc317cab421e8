import { Module } from '@nestjs/common';
import { LogOutput } from './log-output.js';
import { ServiceLogger } from './logger.js';
import { createStandardOutput } from './standard-output.js';

/** Provides the logger of the service. */
@Module({
  providers: [{ provide: LogOutput, useFactory: createStandardOutput }, ServiceLogger],
  exports: [ServiceLogger],
})
export class LoggingModule {}
