import { Injectable, Logger } from '@nestjs/common';
import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import type { CommandResult } from '../command/command-runner.js';
import { Settings } from '../config/settings.js';
import { DAEMON_LOST, dockerTimeout, firstWords } from './docker-failures.js';
import { DockerVersion } from './docker-version.js';
import { Clock } from '../sampling/clock.js';
import { parseDockerPs, type RunningContainers } from './parse-docker-ps.js';
import { parseDockerStats, type UnreadRow } from './parse-docker-stats.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { StatsSource } from '../sampling/stats-source.js';
import { StatsSourceError } from '../sampling/stats-source.error.js';
import { DockerCli } from './docker-cli.js';

/**
 * Without `--all`, docker waits for the first figures of every container that starts in the meantime: for as long as
 * one starts every second, it does not end. With it, docker asks a new container when it is created, gets its zeros at
 * once, and waits for those alone that run already.
 */
const STATS = ['stats', '--all', '--no-stream', '--no-trunc', '--format', '{{json .}}'];

/** Tells the containers that run from those that `--all` adds. */
const PS = ['ps', '--no-trunc', '--format', '{{.ID}} {{.Status}}'];

/** Deadline of that: by so much, at most, a sample is older when it is there. */
const PS_TIMEOUT_MS = 2000;

/** How long the engine is taken for the one that it was. */
const ENGINE_CHECK_KEPT_MS = 60_000;

/** Asked for the number of running containers. */
const PS_IDS = ['ps', '--quiet'];

/** Ids of containers, one a line, and nothing else. No host has more: to read a flood of lines takes time. */
const IDS = /^(?:[\da-f]{12,64}\n){0,50000}$/;

/** How many skipped rows a log line names. */
const MAX_LOGGED = 10;

/**
 * Takes samples: one run of `docker stats` each, and one of `docker ps` where that leaves containers in question. Now and
 * then, a `docker version` beside it tells whether the engine is a supported one.
 */
@Injectable()
export class DockerStatsService extends StatsSource {
  readonly #logger = new Logger(DockerStatsService.name);
  readonly #dockerVersion: DockerVersion;
  #lastLogged = '';
  #engineCheckedAt = -Infinity;

  constructor(
    private readonly docker: DockerCli,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    super();
    this.#dockerVersion = new DockerVersion(docker);
  }

  /**
   * Runs `docker stats` once and reads what it prints. Takes docker about two seconds.
   *
   * @throws {StatsSourceError} when docker gives no figures, or its engine gives wrong ones
   */
  override async sample(): Promise<StatsSample> {
    const [sampled, checked] = await Promise.allSettled([this.#readStats(), this.#checkEngine()]);
    if (sampled.status === 'rejected' || checked.status === 'rejected') this.#engineCheckedAt = -Infinity;
    if (checked.status === 'rejected') throw checked.reason;
    if (sampled.status === 'rejected') throw sampled.reason;
    return sampled.value;
  }

  override version(timeoutMs: number): Promise<string> {
    return this.#dockerVersion.read(timeoutMs);
  }

  override async countRunning(timeoutMs: number): Promise<number | undefined> {
    try {
      const { timedOut, stdout } = await this.docker.run(PS_IDS, { timeoutMs });
      return timedOut || !IDS.test(stdout) ? undefined : stdout.split('\n').length - 1;
    } catch (error) {
      if (error instanceof StatsSourceError) return undefined;
      throw error;
    }
  }

  /**
   * Asks for the engine's version, unless that was done within the last minute. A failure says nothing of the engine, and
   * another sample asks again; but one that hangs would hold up each of them.
   *
   * @throws {StatsSourceError} when the engine is known to give wrong figures
   */
  async #checkEngine(): Promise<void> {
    const now = this.clock.now();
    if (now < this.#engineCheckedAt + ENGINE_CHECK_KEPT_MS) return;
    try {
      await this.#dockerVersion.read(
        Math.min(this.settings.HEALTH_TIMEOUT_MS, this.settings.DOCKER_TIMEOUT_MS),
      );
      this.#engineCheckedAt = now;
    } catch (error) {
      if (!(error instanceof StatsSourceError) || error.code === 'docker_unsupported') throw error;
      if (error.code === 'docker_timeout') this.#engineCheckedAt = now;
      this.#logger.debug(`docker version: ${error.forOperator}`);
    }
  }

  async #readStats(): Promise<StatsSample> {
    const timeoutMs = this.settings.DOCKER_TIMEOUT_MS;
    const result = await this.docker.run(STATS, { timeoutMs });
    const [sampledAt, sampledAtMonotonicMs] = [new Date(), this.clock.now()];

    const { containers, unread } = await parseDockerStats(result.stdout);
    if (containers.length === 0 && result.timedOut) throw dockerTimeout(timeoutMs);
    const running = unread.length > 0 ? await this.#runningContainers(containers.length > 0) : undefined;
    const skipped = unread.flatMap((row) => skippedRow(row, running, result.timedOut));
    if (containers.length === 0 && skipped.some(isUnreadable)) {
      throw noFigures(result, skipped, running !== undefined);
    }

    this.#logSkipped(skipped);
    return {
      sampledAt,
      sampledAtMonotonicMs,
      durationMs: result.durationMs,
      containers: containers.toSorted(byNameThenId),
      skipped,
    };
  }

  /**
   * `undefined` when this docker does not say, or when it is of no consequence that the daemon is lost by now.
   *
   * @throws {StatsSourceError} when the daemon is lost and there are no figures: zeros are no sign of it, for docker has those
   * of stopped containers before it waits for the figures of the others
   */
  async #runningContainers(hasFigures: boolean): Promise<RunningContainers | undefined> {
    try {
      const result = await this.docker.run(PS, { timeoutMs: PS_TIMEOUT_MS });
      if (result.timedOut) throw dockerTimeout(PS_TIMEOUT_MS);
      return await parseDockerPs(result.stdout);
    } catch (error) {
      if (!(error instanceof StatsSourceError)) throw error;
      if (!hasFigures && error.code !== 'docker_failed') throw error;
      this.#logger.debug(`docker ps: ${error.forOperator}`);
      return undefined;
    }
  }

  /** Once for each set of rows: a container that cannot be read is seldom read by the next run. */
  #logSkipped(skipped: readonly SkippedRow[]): void {
    const rows = skipped.filter(({ reason }) => reason !== 'starting');
    const named = rows.slice(0, MAX_LOGGED).map((row) => `${row.container ?? 'unnamed'} (${row.reason})`);
    const others = rows.length > MAX_LOGGED ? ` and ${rows.length - MAX_LOGGED} more` : '';
    const text = named.join(', ') + others;
    if (text !== '' && text !== this.#lastLogged) {
      this.#logger.warn(firstWords(`docker stats gave no figures for: ${text}`));
    }
    this.#lastLogged = text;
  }
}

/** A row without figures as callers see it; nothing, if its container does not run: it is stopped, or has just ended. */
function skippedRow(
  { id, container, reason }: UnreadRow,
  running: RunningContainers | undefined,
  timedOut: boolean,
): SkippedRow[] {
  if (running !== undefined && id !== null && reason !== 'malformed') {
    if (!running.has(id)) return [];
    if (running.isRestarting(id)) return [{ container, reason: 'restarting' }];
    if (reason === 'restarting') return [{ container, reason: 'starting' }];
  }
  return [{ container, reason: reason === 'no_reading' && timedOut ? 'timed_out' : reason }];
}

function isUnreadable({ reason }: SkippedRow): boolean {
  return reason === 'no_reading' || reason === 'malformed';
}

/** Exit code 0 and not one row to read: what docker prints when it loses its daemon in the middle of a run. */
function noFigures(
  result: CommandResult,
  skipped: readonly SkippedRow[],
  isDaemonThere: boolean,
): StatsSourceError {
  const message = skipped.some(({ reason }) => reason === 'malformed')
    ? `docker stats printed what is not its own format: ${firstWords(result.stdout, 120)}`
    : `docker stats gave no figures for any of ${skipped.length} containers${isDaemonThere ? '' : ': the daemon was lost'}`;
  return new StatsSourceError(DAEMON_LOST, message);
}

function byNameThenId(a: ContainerStats, b: ContainerStats): number {
  return compare(a.name, b.name) || compare(a.id, b.id);
}

/** By UTF-16 code unit: the same order in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
