import { Injectable, Logger } from '@nestjs/common';
import { type CommandResult, CommandRunner } from '../command/command-runner.js';
import { Settings } from '../config/settings.js';
import { DockerError } from '../docker/docker.error.js';
import { DAEMON_LOST, dockerTimeout, firstWords } from '../docker/docker-failures.js';
import { runDocker } from '../docker/run-docker.js';
import { Clock } from './clock.js';
import { parseDockerPs, type RunningContainers } from './parse-docker-ps.js';
import { parseDockerStats, type UnreadRow } from './parse-docker-stats.js';
import type { ContainerStats, SkippedRow, StatsSample } from './stats-sample.js';

/**
 * Without `--all`, docker waits for the first figures of every container that starts in the meantime: for as long as
 * one starts every second, it does not end. With it, docker asks a new container when it is created, gets its zeros at
 * once, and waits for those alone that run already.
 */
const STATS = ['stats', '--all', '--no-stream', '--no-trunc', '--format', '{{json .}}'];

/** Tells the containers that run from those that `--all` adds. */
const PS = ['ps', '--no-trunc', '--format', '{{.ID}} {{.State}}'];

/** How many skipped rows a log line names. */
const MAX_LOGGED = 10;

/** Takes samples: one run of `docker stats` each, and one of `docker ps` where that leaves containers in question. */
@Injectable()
export class DockerStatsService {
  readonly #logger = new Logger(DockerStatsService.name);

  constructor(
    private readonly commandRunner: CommandRunner,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs `docker stats` once and reads what it prints. Takes docker about two seconds.
   *
   * @throws {DockerError} when docker gives no figures
   */
  async sample(): Promise<StatsSample> {
    const timeoutMs = this.settings.DOCKER_TIMEOUT_MS;
    const result = await runDocker(this.commandRunner, this.settings, STATS, timeoutMs);
    const [sampledAt, sampledAtMonotonicMs] = [new Date(), this.clock.now()];

    const { containers, unread } = await parseDockerStats(result.stdout);
    if (containers.length === 0 && result.timedOut) throw dockerTimeout(timeoutMs);
    const running = unread.length > 0 ? await this.#runningContainers() : undefined;
    const skipped = unread.flatMap((row) => skippedRow(row, running, result.timedOut));
    // Rows of zeros are no sign of a daemon: docker has them before it waits for the figures of the others.
    if (containers.length === 0 && skipped.some(isUnreadable)) throw lostDaemon(result, skipped);

    this.#logSkipped(skipped);
    return {
      sampledAt,
      sampledAtMonotonicMs,
      durationMs: result.durationMs,
      containers: containers.toSorted(byNameThenId),
      skipped,
    };
  }

  /** `undefined` when docker does not say. */
  async #runningContainers(): Promise<RunningContainers | undefined> {
    const timeoutMs = this.settings.HEALTH_TIMEOUT_MS;
    const result = await runDocker(this.commandRunner, this.settings, PS, timeoutMs).catch(
      (error: unknown) => {
        if (error instanceof DockerError) return undefined;
        throw error;
      },
    );
    return result === undefined || result.timedOut ? undefined : parseDockerPs(result.stdout);
  }

  #logSkipped(skipped: readonly SkippedRow[]): void {
    if (skipped.length === 0) return;
    const named = skipped.slice(0, MAX_LOGGED).map((row) => `${row.container ?? 'unnamed'} (${row.reason})`);
    const others = skipped.length > MAX_LOGGED ? ` and ${skipped.length - MAX_LOGGED} more` : '';
    this.#logger.warn(firstWords(`docker stats gave no figures for: ${named.join(', ')}${others}`));
  }
}

/** A row without figures as callers see it; nothing, if its container does not run: it is stopped, or has just ended. */
function skippedRow(
  { id, container, reason }: UnreadRow,
  running: RunningContainers | undefined,
  timedOut: boolean,
): SkippedRow[] {
  if (running !== undefined && id !== null && reason !== 'malformed') {
    const state = running.stateOf(id);
    if (state === undefined) return [];
    if (state === 'restarting') return [{ container, reason: 'restarting' }];
    if (reason === 'restarting') return [{ container, reason: 'starting' }];
  }
  return [{ container, reason: reason === 'no_reading' && timedOut ? 'timed_out' : reason }];
}

function isUnreadable({ reason }: SkippedRow): boolean {
  return reason === 'no_reading' || reason === 'malformed';
}

/** Exit code 0 and not one row to read: what docker prints when it loses its daemon in the middle of a run. */
function lostDaemon(result: CommandResult, skipped: readonly SkippedRow[]): DockerError {
  const isDockers = skipped.every(({ reason }) => reason !== 'malformed');
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
