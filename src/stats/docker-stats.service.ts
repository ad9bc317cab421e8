import { Injectable, Logger } from '@nestjs/common';
import { type CommandResult, CommandRunner } from '../command/command-runner.js';
import { Settings } from '../config/settings.js';
import { DockerError } from '../docker/docker.error.js';
import { DAEMON_LOST, dockerTimeout, firstWords } from '../docker/docker-failures.js';
import { runDocker } from '../docker/run-docker.js';
import { parseDockerStats } from './parse-docker-stats.js';
import type { ContainerStats, SkippedRow, StatsSample } from './stats-sample.js';

const ARGS = ['stats', '--no-stream', '--no-trunc', '--format', '{{json .}}'];

/** How many skipped rows a log line names. */
const MAX_LOGGED = 10;

/** Takes samples: one run of `docker stats` each. */
@Injectable()
export class DockerStatsService {
  readonly #logger = new Logger(DockerStatsService.name);

  constructor(
    private readonly commandRunner: CommandRunner,
    private readonly settings: Settings,
  ) {}

  /**
   * Runs `docker stats` once and reads what it prints. Takes docker about two seconds.
   *
   * @throws {DockerError} when docker gives no figures
   */
  async sample(): Promise<StatsSample> {
    const timeoutMs = this.settings.DOCKER_TIMEOUT_MS;
    const result = await runDocker(this.commandRunner, this.settings, ARGS, timeoutMs);

    const rows = parseDockerStats(result.stdout);
    const skipped = result.timedOut ? rows.skipped.map(asTimedOut) : rows.skipped;
    // A restarting container is no container to serve, but docker did read it: the daemon is there.
    const isRead = rows.containers.length > 0 || skipped.some(({ reason }) => reason === 'restarting');
    if (!isRead && result.timedOut) throw dockerTimeout(timeoutMs);
    if (!isRead && skipped.length > 0) throw lostDaemon(result, skipped);

    this.#logSkipped(skipped);
    return {
      sampledAt: new Date(),
      sampledAtMonotonicMs: performance.now(),
      durationMs: result.durationMs,
      containers: rows.containers.toSorted(byNameThenId),
      skipped,
    };
  }

  #logSkipped(skipped: readonly SkippedRow[]): void {
    if (skipped.length === 0) return;
    const named = skipped.slice(0, MAX_LOGGED).map((row) => `${row.container ?? 'unnamed'} (${row.reason})`);
    const others = skipped.length > MAX_LOGGED ? ` and ${skipped.length - MAX_LOGGED} more` : '';
    this.#logger.warn(firstWords(`docker stats gave no figures for: ${named.join(', ')}${others}`));
  }
}

function asTimedOut(row: SkippedRow): SkippedRow {
  return row.reason === 'no_reading' ? { ...row, reason: 'timed_out' } : row;
}

/** Exit code 0 and not one row to read: what docker prints when it loses its daemon in the middle of a run. */
function lostDaemon(result: CommandResult, skipped: readonly SkippedRow[]): DockerError {
  const isDockers = skipped.every(({ reason }) => reason === 'no_reading');
  const message = isDockers
    ? `docker stats gave no figures for any of ${skipped.length} containers: the daemon was lost`
    : `docker stats printed what is not its own format: ${firstWords(result.stdout, 120)}`;
  return new DockerError(DAEMON_LOST, message);
}

function byNameThenId(a: ContainerStats, b: ContainerStats): number {
  return compare(a.name, b.name) || compare(a.id, b.id);
}

/** By UTF-16 code unit: the same order in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
