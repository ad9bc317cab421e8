import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { Settings } from '../config/settings.js';
import { Clock } from '../sampling/clock.js';
import { StatsSampler } from '../sampling/sampler/stats-sampler.js';
import { StatsModule } from '../stats/stats.module.js';
import { HistoryController } from './history.controller.js';
import { HistoryService } from './requests/history.service.js';
import { SampleHistory } from './store/sample-history.js';

/** Keeps the latest samples and serves them. It observes the sampler, so nothing is sampled for the history. */
@Module({
  imports: [AuthModule, StatsModule],
  controllers: [HistoryController],
  providers: [
    {
      provide: SampleHistory,
      useFactory: createHistory,
      inject: [Settings, StatsSampler, Clock],
    },
    HistoryService,
  ],
  exports: [SampleHistory],
})
export class HistoryModule {}

function createHistory(
  { HISTORY_MS, HISTORY_MAX_BYTES }: Settings,
  sampler: Pick<StatsSampler, 'observe'>,
  clock: Clock,
): SampleHistory {
  const history = new SampleHistory({ maxAgeMs: HISTORY_MS, maxBytes: HISTORY_MAX_BYTES }, clock);
  if (HISTORY_MS > 0) sampler.observe({ onSample: (sample) => history.add(sample) });
  return history;
}
