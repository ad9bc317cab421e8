import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { StatsModule } from '../stats/stats.module.js';
import { HealthController } from './health.controller.js';
import { SourceHealthIndicator } from './source-health.indicator.js';

/** Liveness and readiness. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), StatsModule],
  controllers: [HealthController],
  providers: [SourceHealthIndicator],
})
export class HealthModule {}
