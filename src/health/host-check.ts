import { Logger } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import type { Host } from '../sampling/hosts/host.js';
import { nameForLog } from '../sampling/log-message.js';
import { StatsSourceError } from '../sampling/stats-source.error.js';

const SYSTEMS = { docker: 'Docker', prometheus: 'Prometheus' } as const;

/** Checks whether the Docker engine of one host can be reached. */
export class HostCheck {
  readonly #logger: Logger;
  #result: Promise<string | StatsSourceError> | undefined;
  #lastLogged: string | undefined;

  constructor(
    private readonly host: Host,
    private readonly settings: Settings,
  ) {
    this.#logger = new Logger(nameForLog('DockerHealthIndicator', host.name || undefined));
  }

  /**
   * Returns the version of the engine, or why it cannot be reached. Runs one check at a time and caches its result for
   * `HEALTH_CACHE_MS`, so that clients without a key cannot start many processes. (Terminus' own `cacheFor` starts a second check
   * if the first one takes longer than the cache time.)
   */
  run(): Promise<string | StatsSourceError> {
    this.#result ??= this.#check().finally(() => {
      setTimeout(() => (this.#result = undefined), this.settings.HEALTH_CACHE_MS).unref();
    });
    return this.#result;
  }

  async #check(): Promise<string | StatsSourceError> {
    const deadline = performance.now() + this.settings.HEALTH_TIMEOUT_MS;
    const result = await this.host.source
      .readVersion(this.settings.HEALTH_TIMEOUT_MS)
      .catch(returnSourceError);
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
    const timeoutMs = Math.max(1, Math.round(deadline - performance.now()));
    const count = await this.host.source.countRunning(timeoutMs);
    const running = count === undefined ? '' : `; running containers: ${count}`;
    this.#logger.log(`${SYSTEMS[this.host.source.system]} ${result} is reachable${running}`);
  }
}

function returnSourceError(error: unknown): StatsSourceError {
  if (error instanceof StatsSourceError) return error;
  throw error;
}
