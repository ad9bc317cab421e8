import { Module } from '@nestjs/common';
import { CommandModule } from '../command/command.module.js';
import { Clock, MonotonicClock } from './clock.js';
import { DockerStatsService } from './docker-stats.service.js';
import { StatsRepresentations } from './stats-representations.js';
import { StatsSampler } from './stats-sampler.js';
import { StatsStreams } from './stats-streams.js';
import { StatsController } from './stats.controller.js';

/** The figures of the running containers. */
@Module({
  imports: [CommandModule],
  controllers: [StatsController],
  providers: [
    { provide: Clock, useClass: MonotonicClock },
    DockerStatsService,
    StatsSampler,
    StatsRepresentations,
    StatsStreams,
  ],
})
export class StatsModule {}
