import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CommandModule } from '../command/command.module.js';
import { HistoryModule } from '../history/history.module.js';
import { HttpModule } from '../http/http.module.js';
import { StatsModule } from '../stats/stats.module.js';
import { ContainerMetrics } from './containers/container-metrics.js';
import { MetricsService } from './metrics.service.js';
import { MetricsController } from './metrics.controller.js';
import { RequestCounter } from './service/request-counter.js';
import { ServiceMetrics } from './service/service-metrics.js';

/** Provides `GET /metrics`. It reads or observes the other modules; none of them imports it. */
@Module({
  imports: [AuthModule, CommandModule, HistoryModule, HttpModule, StatsModule],
  controllers: [MetricsController],
  providers: [ContainerMetrics, MetricsService, RequestCounter, ServiceMetrics],
})
export class MetricsModule {}
