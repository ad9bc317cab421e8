import type { LimitFunction } from 'p-limit';
import type { StatsSample } from '../stats-sample.js';
import { StatsSource } from '../stats-source.js';

/** Limits how many calls of all hosts run at the same time. Samples do not delay checks: those of a host that hangs take long. */
export interface SourceQueues {
  readonly samples: LimitFunction;
  readonly checks: LimitFunction;
}

/** A source whose calls wait in the queues that it shares with the sources of other hosts. */
export class QueuedSource extends StatsSource {
  constructor(
    private readonly source: StatsSource,
    private readonly queues: SourceQueues,
  ) {
    super();
  }

  override sample(): Promise<StatsSample> {
    return this.queues.samples(() => this.source.sample());
  }

  override readVersion(timeoutMs: number): Promise<string> {
    return this.queues.checks(() => this.source.readVersion(timeoutMs));
  }

  override countRunning(timeoutMs: number): Promise<number | undefined> {
    return this.queues.checks(() => this.source.countRunning(timeoutMs));
  }
}
