import { Injectable, Logger } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { CommandRunner } from '../command/command-runner.js';
import { Settings } from '../config/settings.js';
import { DockerError } from '../docker/docker.error.js';
import { DockerVersion } from '../docker/docker-version.js';
import { runDocker } from '../docker/run-docker.js';

/** Asked when Docker comes within reach: what an operator wants to know as well. */
const PS = ['ps', '--quiet'];

/** Ids of containers, one a line: nothing else is counted, and no more of them than a host has, for a flood takes time. */
const IDS = /^(?:[\da-f]{12,64}\n){0,50000}$/;

/** Tells whether the docker CLI is there and reaches its daemon. */
@Injectable()
export class DockerHealthIndicator {
  readonly #logger = new Logger(DockerHealthIndicator.name);
  #answer: Promise<string | DockerError> | undefined;
  #lastLogged: string | undefined;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly commandRunner: CommandRunner,
    private readonly settings: Settings,
    private readonly dockerVersion: DockerVersion,
  ) {}

  /**
   * `up` with the daemon's version, or `down` with a code and a reason. Never more than one process at a time, and its
   * answer holds for `HEALTH_CACHE_MS`, so that callers without a key cannot start a flood of them. (Terminus' own
   * `cacheFor` starts a second run when the first one takes longer than the cache holds.)
   */
  async check(): Promise<HealthIndicatorResult<'docker'>> {
    this.#answer ??= this.#ask().finally(() => {
      setTimeout(() => (this.#answer = undefined), this.settings.HEALTH_CACHE_MS).unref();
    });
    const answer = await this.#answer;
    const indicator = this.indicators.check('docker');
    if (answer instanceof DockerError) return indicator.down({ code: answer.code, reason: answer.reason });
    return indicator.up({ version: answer });
  }

  async #ask(): Promise<string | DockerError> {
    const deadline = performance.now() + this.settings.HEALTH_TIMEOUT_MS;
    const answer = await this.dockerVersion.read(this.settings.HEALTH_TIMEOUT_MS).catch(orDockerError);
    await this.#logChange(answer, deadline);
    return answer;
  }

  /** Probes come every few seconds: one line when the answer changes is what an operator wants to read. */
  async #logChange(answer: string | DockerError, deadline: number): Promise<void> {
    const state = answer instanceof DockerError ? answer.reason : answer;
    if (state === this.#lastLogged) return;
    this.#lastLogged = state;
    if (answer instanceof DockerError) return this.#logger.warn(answer.forOperator);
    const count = await this.#runningContainers(Math.max(1, Math.round(deadline - performance.now())));
    const running = count === undefined ? '' : `; running containers: ${count}`;
    this.#logger.log(`Docker ${answer} is reachable${running}`);
  }

  /** How many there are; `undefined` when docker does not say. */
  async #runningContainers(timeoutMs: number): Promise<number | undefined> {
    const result = await runDocker(this.commandRunner, this.settings, PS, timeoutMs).catch(orDockerError);
    if (result instanceof DockerError || result.timedOut || !IDS.test(result.stdout)) return undefined;
    return result.stdout.split('\n').length - 1;
  }
}

function orDockerError(error: unknown): DockerError {
  if (error instanceof DockerError) return error;
  throw error;
}
