import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { StatsModule } from '../stats/stats.module.js';
import { HistoryController } from './history.controller.js';
import { HistoryService } from './requests/history.service.js';
import { HostHistories } from './store/host-histories.js';

/** Keeps the latest samples and serves them. It observes the samplers, so nothing is sampled for the history. */
@Module({
  imports: [AuthModule, StatsModule],
  controllers: [HistoryController],
  providers: [HostHistories, HistoryService],
  exports: [HostHistories],
})
export class HistoryModule {}
