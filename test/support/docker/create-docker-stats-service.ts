import type { CommandRunner } from '../../../src/command/command-runner.js';
import type { Settings } from '../../../src/config/settings.js';
import { DockerCli } from '../../../src/docker/cli/docker-cli.js';
import { DockerStatsService } from '../../../src/docker/docker-stats.service.js';
import { type Clock, MonotonicClock } from '../../../src/sampling/clock.js';

/** Creates a DockerStatsService that runs docker with this CommandRunner. */
export function createDockerStatsService(
  runner: CommandRunner,
  settings: Settings,
  clock: Clock = new MonotonicClock(),
  host?: string,
): DockerStatsService {
  return new DockerStatsService(new DockerCli(runner, settings), settings, clock, host);
}
