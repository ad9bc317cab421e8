import { Logger } from '@nestjs/common';
import type { Clock } from '../clock.js';
import { nameForLog, toLogMessage } from '../log-message.js';
import type { StatsSource } from '../stats-source.js';

/** A failed run. */
export interface Failure {
  readonly error: unknown;
  /** When the run failed, on the monotonic `Clock`. */
  readonly endedAt: number;
}

/** What works again after a failure. */
const NAMES = { docker: 'docker stats', prometheus: 'Prometheus' } as const;

/**
 * Logs each cause of failures once, because a run fails every few seconds during an outage; and the recovery. Samplers of the same
 * source share it, so that the log does not have an outage once for each of them.
 */
export class FailureLog {
  readonly #logger: Logger;
  /** The causes since the last success of any sampler. */
  readonly #causes = new Set<string>();
  #recoveredAt = -Infinity;

  constructor(
    private readonly system: StatsSource['system'],
    private readonly clock: Clock,
    host?: string,
  ) {
    this.#logger = new Logger(nameForLog('StatsSampler', host));
  }

  /** @param previous the failure of the sampler's run before; `undefined` if it succeeded */
  addFailure(error: unknown, previous: Failure | undefined): void {
    const cause = String(error);
    const isRepeated = previous !== undefined && String(previous.error) === cause;
    if (!isRepeated && !this.#causes.has(cause)) this.#logger.error(toLogMessage(error));
    this.#causes.add(cause);
  }

  /** @param previous the failure of the sampler's run before; `undefined` if it succeeded */
  addSuccess(previous: Failure | undefined): void {
    this.#causes.clear();
    if (previous === undefined || previous.endedAt < this.#recoveredAt) return; // or another sampler has recovered since
    this.#recoveredAt = this.clock.now();
    this.#logger.log(`Recovered: ${NAMES[this.system]} works again`);
  }
}
