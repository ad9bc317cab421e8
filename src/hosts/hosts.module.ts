import { Module } from '@nestjs/common';
import { HealthModule } from '../health/health.module.js';
import { StatsModule } from '../stats/stats.module.js';
import { HostsController } from './hosts.controller.js';
import { HostsService } from './hosts.service.js';

/** Provides `GET /hosts`. */
@Module({
  imports: [HealthModule, StatsModule],
  controllers: [HostsController],
  providers: [HostsService],
})
export class HostsModule {}
