import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CommandModule } from '../command/command.module.js';
import { HttpModule } from '../http/http.module.js';
import { StatsModule } from '../stats/stats.module.js';
import { ContainerMetrics } from './container-metrics.js';
import { MetricsText } from './metrics-text.js';
import { MetricsController } from './metrics.controller.js';
import { RequestCounter } from './request-counter.js';
import { ServiceMetrics } from './service-metrics.js';

/** Prometheus. Reads what the other modules count, or is told; none of them knows of it. */
@Module({
  imports: [AuthModule, CommandModule, HttpModule, StatsModule],
  controllers: [MetricsController],
  providers: [ContainerMetrics, MetricsText, RequestCounter, ServiceMetrics],
})
export class MetricsModule {}
