import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { BytesInUse } from './limits/bytes-in-use.js';
import { DockerModule } from '../docker/docker.module.js';
import { Clock, MonotonicClock } from '../sampling/clock.js';
import { DockerStatsService } from '../docker/docker-stats.service.js';
import { KeyWork } from './limits/key-work.js';
import { RequestedRepresentations } from './requests/requested-representations.js';
import { RequestedSamples } from './requests/requested-samples.js';
import { SampleScopes } from './selection/sample-scopes.js';
import { StatsRepresentations } from './formats/stats-representations.js';
import { StatsSource } from '../sampling/stats-source.js';
import { StatsSampler } from '../sampling/stats-sampler.js';
import { StatsStreams } from './stream/stats-streams.js';
import { StatsController } from './stats.controller.js';
import { WorkQueue } from './limits/work-queue.js';

/** The figures of the running containers. */
@Module({
  imports: [AuthModule, DockerModule],
  controllers: [StatsController],
  providers: [
    { provide: Clock, useClass: MonotonicClock },
    { provide: StatsSource, useClass: DockerStatsService },
    StatsSampler,
    SampleScopes,
    RequestedSamples,
    StatsRepresentations,
    WorkQueue,
    BytesInUse,
    KeyWork,
    RequestedRepresentations,
    StatsStreams,
  ],
  exports: [StatsSource, StatsSampler, RequestedSamples, KeyWork, BytesInUse, StatsStreams],
})
export class StatsModule {}
