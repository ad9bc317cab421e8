import type { LimitFunction } from 'p-limit';
import type { StatsSample } from '../stats-sample.js';
import { StatsSource } from '../stats-source.js';

/** Limit how many samples are taken at the same time. Each host waits in one of the queues. */
export interface SampleQueues {
  readonly healthy: LimitFunction;
  /** For the hosts whose last sample failed or was slow: hosts that hang would take all places in the other queue. */
  readonly suspect: LimitFunction;
}

/** A source whose samples wait in the queues that it shares with the sources of other hosts. */
export class QueuedSource extends StatsSource {
  override readonly system: StatsSource['system'];
  #isSuspect = false;

  constructor(
    private readonly source: StatsSource,
    private readonly queues: SampleQueues,
    /** From this duration on, a sample is slow. */
    private readonly slowMs: number,
  ) {
    super();
    this.system = source.system;
  }

  override sample(): Promise<StatsSample> {
    const queue = this.#isSuspect ? this.queues.suspect : this.queues.healthy;
    return queue(async () => {
      this.#isSuspect = true; // until the sample is there
      const sample = await this.source.sample();
      this.#isSuspect = sample.durationMs >= this.slowMs;
      return sample;
    });
  }

  /** Does not wait in a queue: `/health/ready` has a deadline. Its results are cached, so each host has at most one check at a time. */
  override readVersion(timeoutMs: number): Promise<string> {
    return this.source.readVersion(timeoutMs);
  }

  override countRunning(timeoutMs: number): Promise<number | undefined> {
    return this.source.countRunning(timeoutMs);
  }
}
