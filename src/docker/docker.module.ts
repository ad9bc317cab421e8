import { Module } from '@nestjs/common';
import { CommandModule } from '../command/command.module.js';
import { DockerCli } from './cli/docker-cli.js';

/** Provides the docker CLI, for the DockerStatsService. */
@Module({
  imports: [CommandModule],
  providers: [DockerCli],
  exports: [DockerCli],
})
export class DockerModule {}
