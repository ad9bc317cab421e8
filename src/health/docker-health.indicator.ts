import { Injectable, Logger } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Settings } from '../config/settings.js';
import { StatsSource } from '../sampling/stats-source.js';
import { StatsSourceError } from '../sampling/stats-source.error.js';

/** Checks whether Docker can be reached. */
@Injectable()
export class DockerHealthIndicator {
  readonly #logger = new Logger(DockerHealthIndicator.name);
  #result: Promise<string | StatsSourceError> | undefined;
  #lastLogged: string | undefined;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly source: StatsSource,
    private readonly settings: Settings,
  ) {}

  /**
   * Returns `up` with the version of the engine, or `down` with a code and a reason. Runs one check at a time and caches its
   * result for `HEALTH_CACHE_MS`, so that clients without a key cannot start many processes. (Terminus' own `cacheFor` starts a
   * second check if the first one takes longer than the cache time.)
   */
  async check(): Promise<HealthIndicatorResult<'docker'>> {
    this.#result ??= this.#checkSource().finally(() => {
      setTimeout(() => (this.#result = undefined), this.settings.HEALTH_CACHE_MS).unref();
    });
    const result = await this.#result;
    const indicator = this.indicators.check('docker');
    if (result instanceof StatsSourceError) {
      return indicator.down({ code: result.code, reason: result.reason });
    }
    return indicator.up({ version: result });
  }

  async #checkSource(): Promise<string | StatsSourceError> {
    const deadline = performance.now() + this.settings.HEALTH_TIMEOUT_MS;
    const result = await this.source.readVersion(this.settings.HEALTH_TIMEOUT_MS).catch(returnSourceError);
    await this.#logChange(result, deadline);
    return result;
  }

  /** Logs only changes, because probes come every few seconds. */
  async #logChange(result: string | StatsSourceError, deadline: number): Promise<void> {
    const state = result instanceof StatsSourceError ? result.reason : result;
    if (state === this.#lastLogged) return;
    this.#lastLogged = state;
    if (result instanceof StatsSourceError) {
      this.#logger.warn(result.logMessage);
      return;
    }
    const count = await this.source.countRunning(Math.max(1, Math.round(deadline - performance.now())));
    const running = count === undefined ? '' : `; running containers: ${count}`;
    this.#logger.log(`Docker ${result} is reachable${running}`);
  }
}

function returnSourceError(error: unknown): StatsSourceError {
  if (error instanceof StatsSourceError) return error;
  throw error;
}
