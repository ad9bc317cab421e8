import { Injectable, Logger } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Settings } from '../config/settings.js';
import { StatsSource } from '../sampling/stats-source.js';
import { StatsSourceError } from '../sampling/stats-source.error.js';

/** Says whether the source of the figures can be reached. */
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
   * `up` with the engine's version, or `down` with a code and a reason. The source is asked once at a time, and its response is
   * kept for `HEALTH_CACHE_MS`: clients without a key cannot start many processes. (Terminus' own `cacheFor` starts a second
   * run when the first one takes longer than the cache keeps it.)
   */
  async check(): Promise<HealthIndicatorResult<'docker'>> {
    this.#result ??= this.#ask().finally(() => {
      setTimeout(() => (this.#result = undefined), this.settings.HEALTH_CACHE_MS).unref();
    });
    const result = await this.#result;
    const indicator = this.indicators.check('docker');
    if (result instanceof StatsSourceError) {
      return indicator.down({ code: result.code, reason: result.reason });
    }
    return indicator.up({ version: result });
  }

  async #ask(): Promise<string | StatsSourceError> {
    const deadline = performance.now() + this.settings.HEALTH_TIMEOUT_MS;
    const result = await this.source.version(this.settings.HEALTH_TIMEOUT_MS).catch(orSourceError);
    await this.#logChange(result, deadline);
    return result;
  }

  /** Probes come every few seconds: the log has a line only when something changes. */
  async #logChange(result: string | StatsSourceError, deadline: number): Promise<void> {
    const state = result instanceof StatsSourceError ? result.reason : result;
    if (state === this.#lastLogged) return;
    this.#lastLogged = state;
    if (result instanceof StatsSourceError) {
      this.#logger.warn(result.forOperator);
      return;
    }
    const count = await this.source.countRunning(Math.max(1, Math.round(deadline - performance.now())));
    const running = count === undefined ? '' : `; running containers: ${count}`;
    this.#logger.log(`Docker ${result} is reachable${running}`);
  }
}

function orSourceError(error: unknown): StatsSourceError {
  if (error instanceof StatsSourceError) return error;
  throw error;
}
