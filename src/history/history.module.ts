import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { Settings } from '../config/settings.js';
import type { FleetHosts } from '../prometheus/fleet-hosts.js';
import { Hosts } from '../sampling/hosts/hosts.js';
import { HostSelector } from '../stats/selection/host-selector.js';
import { StatsModule } from '../stats/stats.module.js';
import { HistoryController } from './history.controller.js';
import { HistoryService } from './requests/history.service.js';
import { HistorySource } from './requests/history-source.js';
import { HostHistories } from './store/host-histories.js';
import { SampledHistory } from './sources/sampled-history.js';

/** Keeps the latest samples and serves them. It observes the samplers, so nothing is sampled for the history. */
@Module({
  imports: [AuthModule, StatsModule],
  controllers: [HistoryController],
  providers: [
    HostHistories,
    {
      provide: HistorySource,
      useFactory: createHistorySource,
      inject: [HostHistories, HostSelector, Hosts, Settings],
    },
    HistoryService,
  ],
  exports: [HostHistories],
})
export class HistoryModule {}

/** Loads the code of a fleet only if it is used. */
async function createHistorySource(
  histories: HostHistories,
  selector: HostSelector,
  hosts: Hosts,
  settings: Settings,
): Promise<HistorySource> {
  if (settings.STATS_SOURCE !== 'prometheus') return new SampledHistory(histories, selector);
  const { FleetHistory } = await import('./fleet/fleet-history.js');
  return new FleetHistory((hosts as FleetHosts).client, settings);
}
