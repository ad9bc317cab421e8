import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ResponseMemoryLimit } from './limits/response-memory-limit.js';
import { DockerModule } from '../docker/docker.module.js';
import { Clock, MonotonicClock } from '../sampling/clock.js';
import { DockerStatsService } from '../docker/docker-stats.service.js';
import { KeyJobRunner } from './limits/key-job-runner.js';
import { RepresentationService } from './requests/representation.service.js';
import { RequestSampleService } from './requests/request-sample.service.js';
import { SampleScopes } from './selection/sample-scopes.js';
import { StatsRepresentations } from './formats/stats-representations.js';
import { SamplingPace } from '../sampling/pace/sampling-pace.js';
import { StatsSource } from '../sampling/stats-source.js';
import { StatsSampler } from '../sampling/sampler/stats-sampler.js';
import { StatsStreamService } from './stream/stats-stream.service.js';
import { StatsController } from './stats.controller.js';
import { JobQueue } from './limits/job-queue.js';

/** Provides the figures of the running containers. */
@Module({
  imports: [AuthModule, DockerModule],
  controllers: [StatsController],
  providers: [
    { provide: Clock, useClass: MonotonicClock },
    { provide: StatsSource, useClass: DockerStatsService },
    SamplingPace,
    StatsSampler,
    SampleScopes,
    RequestSampleService,
    StatsRepresentations,
    JobQueue,
    ResponseMemoryLimit,
    KeyJobRunner,
    RepresentationService,
    StatsStreamService,
  ],
  exports: [
    Clock,
    StatsSource,
    SamplingPace,
    StatsSampler,
    RequestSampleService,
    JobQueue,
    KeyJobRunner,
    ResponseMemoryLimit,
    StatsStreamService,
  ],
})
export class StatsModule {}
