import { Module } from '@nestjs/common';
import { CommandModule } from '../command/command.module.js';
import { DockerVersion } from './docker-version.js';

/** What the other modules share of the docker CLI. */
@Module({
  imports: [CommandModule],
  providers: [DockerVersion],
  exports: [DockerVersion],
})
export class DockerModule {}
