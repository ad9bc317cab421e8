import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ResponseMemoryLimit } from './limits/response-memory-limit.js';
import { CommandModule } from '../command/command.module.js';
import { Clock, MonotonicClock } from '../sampling/clock.js';
import { DockerSources } from '../docker/docker-sources.js';
import { KeyJobRunner } from './limits/key-job-runner.js';
import { RepresentationService } from './requests/representation.service.js';
import { RequestSampleService } from './requests/request-sample.service.js';
import { SampleScopes } from './selection/sample-scopes.js';
import { StatsRepresentations } from './formats/stats-representations.js';
import { Settings } from '../config/settings.js';
import { Hosts } from '../sampling/hosts/hosts.js';
import { ListedHosts } from '../sampling/hosts/listed-hosts.js';
import { HostSelector } from './selection/host-selector.js';
import { StatsSources } from '../sampling/stats-source.js';
import { StatsStreamService } from './stream/stats-stream.service.js';
import { StatsController } from './stats.controller.js';
import { JobQueue } from './limits/job-queue.js';

/** Provides the figures of the running containers. */
@Module({
  imports: [AuthModule, CommandModule],
  controllers: [StatsController],
  providers: [
    { provide: Clock, useClass: MonotonicClock },
    { provide: StatsSources, useClass: DockerSources },
    { provide: Hosts, useFactory: createHosts, inject: [StatsSources, Settings, Clock] },
    HostSelector,
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
    Hosts,
    HostSelector,
    RequestSampleService,
    JobQueue,
    KeyJobRunner,
    ResponseMemoryLimit,
    StatsStreamService,
  ],
})
export class StatsModule {}

/** Loads the code of a fleet only if it is used: the HTTP client takes time at each start. */
async function createHosts(sources: StatsSources, settings: Settings, clock: Clock): Promise<Hosts> {
  const { STATS_SOURCE, PROMETHEUS_URL } = settings;
  if (STATS_SOURCE !== 'prometheus' || PROMETHEUS_URL === undefined)
    return new ListedHosts(sources, settings, clock);
  const { FleetHosts } = await import('../prometheus/fleet-hosts.js');
  return new FleetHosts(settings, clock, PROMETHEUS_URL);
}
