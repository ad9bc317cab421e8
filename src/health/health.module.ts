import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CommandModule } from '../command/command.module.js';
import { DockerModule } from '../docker/docker.module.js';
import { DockerHealthIndicator } from './docker-health.indicator.js';
import { HealthController } from './health.controller.js';

/** Liveness and readiness. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), CommandModule, DockerModule],
  controllers: [HealthController],
  providers: [DockerHealthIndicator],
})
export class HealthModule {}
