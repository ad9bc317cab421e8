import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { StatsModule } from '../stats/stats.module.js';
import { HealthController } from './health.controller.js';
import { DockerHealthIndicator } from './docker-health.indicator.js';

/** Liveness and readiness. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), StatsModule],
  controllers: [HealthController],
  providers: [DockerHealthIndicator],
  exports: [DockerHealthIndicator],
})
export class HealthModule {}
