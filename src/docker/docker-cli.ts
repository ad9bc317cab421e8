import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { type CommandResult, CommandRunner } from '../command/command-runner.js';
import type { Variables } from '../config/environment.js';
import { Settings } from '../config/settings.js';
import { dockerEnvironment } from './docker-environment.js';
import { dockerErrorOf, dockerFailure } from './docker-failures.js';

/** What `DEMO` runs in place of the docker CLI. */
const DEMO_DOCKER = fileURLToPath(new URL('../../demo/docker.mjs', import.meta.url));

/** The bounds of one run of docker. */
export interface DockerRunLimits {
  readonly timeoutMs: number;
  /** By default `DOCKER_MAX_OUTPUT_BYTES`. */
  readonly maxOutputBytes?: number;
}

/** The configured docker CLI. */
@Injectable()
export class DockerCli {
  readonly #file: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(
    private readonly commandRunner: CommandRunner,
    private readonly settings: Settings,
  ) {
    const { DEMO, DOCKER_BIN, environment } = settings;
    this.#file = DEMO ? DEMO_DOCKER : DOCKER_BIN;
    this.#env = dockerEnvironment(DEMO ? withNodeOnPath(environment) : environment);
  }

  /**
   * Runs docker once. A run that its deadline ended is a result: what docker printed by then may be of use.
   *
   * @throws {StatsSourceError} when docker cannot be run, or ends by itself with a failure
   */
  async run(args: readonly string[], limits: DockerRunLimits): Promise<CommandResult> {
    const { DOCKER_KILL_GRACE_MS: killGraceMs, DOCKER_MAX_OUTPUT_BYTES: maxOutputBytes } = this.settings;
    const result = await this.commandRunner
      .run({ file: this.#file, args, env: this.#env, killGraceMs, maxOutputBytes, ...limits })
      .catch((error: unknown) => {
        throw dockerErrorOf(error);
      });
    if (result.exitCode !== 0 && !result.timedOut) throw dockerFailure(result);
    return result;
  }
}

/** The stand-in of `DEMO` is a Node program, and finds its interpreter on the PATH. */
function withNodeOnPath(environment: Variables): Variables {
  return {
    ...environment,
    PATH: [dirname(process.execPath), environment['PATH']].filter(Boolean).join(delimiter),
  };
}
