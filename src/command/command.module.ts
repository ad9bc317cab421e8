import { Module } from '@nestjs/common';
import { CommandRunner } from './command-runner.js';
import { SpawnCommandRunner } from './spawn-command-runner.js';

/** Runs programs for the other modules. */
@Module({
  providers: [{ provide: CommandRunner, useClass: SpawnCommandRunner }],
  exports: [CommandRunner],
})
export class CommandModule {}
