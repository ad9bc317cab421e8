import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { type CommandResult, CommandRunner } from '../command/command-runner.js';
import type { Variables } from '../config/environment.js';
import { Settings } from '../config/settings.js';
import { pickDockerEnvironment } from './docker-environment.js';
import { convertCommandError, createDockerError } from './docker-failures.js';

/** The fake docker CLI that `DEMO` runs. */
const FAKE_DOCKER = fileURLToPath(new URL('../../demo/docker.mjs', import.meta.url));

/** The limits of one docker run. */
export interface DockerRunLimits {
  readonly timeoutMs: number;
  /** Default: `DOCKER_MAX_OUTPUT_BYTES`. */
  readonly maxOutputBytes?: number;
}

/** Runs the configured docker CLI. */
@Injectable()
export class DockerCli {
  readonly #file: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(
    private readonly commandRunner: CommandRunner,
    private readonly settings: Settings,
  ) {
    const { DEMO, DOCKER_BIN, environment } = settings;
    this.#file = DEMO ? FAKE_DOCKER : DOCKER_BIN;
    this.#env = pickDockerEnvironment(DEMO ? withNodeOnPath(environment) : environment);
  }

  /**
   * Runs docker once. If a run reaches its deadline, this returns its output, because a part of the output may be usable.
   *
   * @throws {StatsSourceError} when docker cannot be started, or fails before its deadline
   */
  async run(args: readonly string[], limits: DockerRunLimits): Promise<CommandResult> {
    const { DOCKER_KILL_GRACE_MS: killGraceMs, DOCKER_MAX_OUTPUT_BYTES: maxOutputBytes } = this.settings;
    const result = await this.commandRunner
      .run({ file: this.#file, args, env: this.#env, killGraceMs, maxOutputBytes, ...limits })
      .catch((error: unknown) => {
        throw convertCommandError(error);
      });
    if (result.exitCode !== 0 && !result.timedOut) throw createDockerError(result);
    return result;
  }
}

/** The fake docker CLI is a Node script with a shebang, so `node` must be on the PATH. */
function withNodeOnPath(environment: Variables): Variables {
  return {
    ...environment,
    PATH: [dirname(process.execPath), environment['PATH']].filter(Boolean).join(delimiter),
  };
}
