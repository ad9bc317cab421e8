import { Module } from '@nestjs/common';
import { CommandModule } from '../command/command.module.js';
import { DockerCli } from './docker-cli.js';

/** What the DockerStatsService is made of. */
@Module({
  imports: [CommandModule],
  providers: [DockerCli],
  exports: [DockerCli],
})
export class DockerModule {}
