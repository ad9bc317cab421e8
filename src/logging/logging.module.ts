import { Module } from '@nestjs/common';
import { LogOutput } from './log-output.js';
import { ServiceLogger } from './logger.js';
import { standardOutput } from './standard-output.js';

/** The log of the service. */
@Module({
  providers: [{ provide: LogOutput, useFactory: standardOutput }, ServiceLogger],
  exports: [ServiceLogger],
})
export class LoggingModule {}
