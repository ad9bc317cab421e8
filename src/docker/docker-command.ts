import type { Command } from '../command/command-runner.js';
import type { Settings } from '../config/settings.js';

/** A run of the configured docker CLI: its program, environment and bounds. */
export function dockerCommand(settings: Settings, args: readonly string[], timeoutMs: number): Command {
  return {
    file: settings.DOCKER_BIN,
    args,
    env: settings.dockerEnvironment,
    timeoutMs,
    killGraceMs: settings.DOCKER_KILL_GRACE_MS,
    maxOutputBytes: settings.DOCKER_MAX_OUTPUT_BYTES,
  };
}
