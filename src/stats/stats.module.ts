import { Module } from '@nestjs/common';
import { CommandModule } from '../command/command.module.js';
import { DockerStatsService } from './docker-stats.service.js';
import { StatsController } from './stats.controller.js';

/** The figures of the running containers. */
@Module({
  imports: [CommandModule],
  controllers: [StatsController],
  providers: [DockerStatsService],
})
export class StatsModule {}
