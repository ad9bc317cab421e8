import { fileURLToPath } from 'node:url';
import type { CommandResult, CommandRunner } from '../../command/command-runner.js';
import type { DockerHost } from '../../config/values/docker-hosts.js';
import type { Settings } from '../../config/settings.js';
import { pickDockerEnvironment } from './docker-environment.js';
import { convertCommandError, createDockerError } from './docker-failures.js';

/** The fake docker CLI that `DEMO` runs. */
const FAKE_DOCKER = fileURLToPath(new URL('../../../demo/docker.mjs', import.meta.url));

/** The limits of one docker run. */
export interface DockerRunLimits {
  readonly timeoutMs: number;
  /** Default: `DOCKER_MAX_OUTPUT_BYTES`. */
  readonly maxOutputBytes?: number;
  /** Ends the run, which then fails. */
  readonly signal?: AbortSignal;
}

/** Runs the configured docker CLI, for one host. */
export class DockerCli {
  readonly #file: string;
  readonly #leadingArgs: readonly string[];
  readonly #env: Readonly<Record<string, string>>;

  constructor(
    private readonly commandRunner: CommandRunner,
    private readonly settings: Settings,
    host?: DockerHost,
  ) {
    const { DEMO, DOCKER_BIN, environment } = settings;
    // The image of the service has no `env` for the shebang of the fake docker CLI.
    this.#file = DEMO ? process.execPath : DOCKER_BIN;
    const context = host === undefined || host.url !== undefined ? [] : ['--context', host.name];
    this.#leadingArgs = [...(DEMO ? [FAKE_DOCKER] : []), ...context];
    this.#env = pickDockerEnvironment(environment, host);
  }

  /**
   * Runs docker once. If a run reaches its deadline, this returns its output, because a part of the output may be usable.
   *
   * @throws {StatsSourceError} when docker cannot be started, or fails before its deadline
   */
  async run(args: readonly string[], limits: DockerRunLimits): Promise<CommandResult> {
    const { DOCKER_KILL_GRACE_MS: killGraceMs, DOCKER_MAX_OUTPUT_BYTES: maxOutputBytes } = this.settings;
    const command = { file: this.#file, args: [...this.#leadingArgs, ...args], env: this.#env };
    const result = await this.commandRunner
      .run({ ...command, killGraceMs, maxOutputBytes, ...limits })
      .catch((error: unknown) => {
        throw convertCommandError(error);
      });
    if (result.exitCode !== 0 && !result.timedOut) throw createDockerError(result);
    return result;
  }
}
