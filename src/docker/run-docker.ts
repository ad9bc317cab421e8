import type { CommandResult, CommandRunner } from '../command/command-runner.js';
import type { Settings } from '../config/settings.js';
import { dockerErrorOf, dockerFailure } from './docker-failures.js';

/**
 * Runs the configured docker CLI. A run that its deadline ended is a result: what docker printed by then may be of use.
 *
 * @throws {DockerError} when docker cannot be run, or ends by itself with a failure
 */
export async function runDocker(
  commandRunner: CommandRunner,
  settings: Settings,
  args: readonly string[],
  timeoutMs: number,
  maxOutputBytes = settings.DOCKER_MAX_OUTPUT_BYTES,
): Promise<CommandResult> {
  const result = await commandRunner
    .run({
      file: settings.DOCKER_BIN,
      args,
      env: settings.dockerEnvironment,
      timeoutMs,
      killGraceMs: settings.DOCKER_KILL_GRACE_MS,
      maxOutputBytes,
    })
    .catch((error: unknown) => {
      throw dockerErrorOf(error);
    });
  if (result.exitCode !== 0 && !result.timedOut) throw dockerFailure(result);
  return result;
}
