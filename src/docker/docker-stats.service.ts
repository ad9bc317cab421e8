import { Logger } from '@nestjs/common';
import type { SkippedRow } from 'docker-stats-client';
import type { CommandResult } from '../command/command-runner.js';
import type { Settings } from '../config/settings.js';
import { toSafeLine } from '../sampling/safe-line.js';
import { DAEMON_LOST, createTimeoutError } from './cli/docker-failures.js';
import { DockerVersion } from './cli/docker-version.js';
import type { ContainerList } from './parsers/container-list.js';
import { DockerPs } from './docker-ps.js';
import type { Clock } from '../sampling/clock.js';
import { nameForLog } from '../sampling/log-message.js';
import { compareContainers } from '../sampling/order.js';
import { parseDockerStats } from './parsers/parse-docker-stats.js';
import { needsSecondList, toSkippedRows } from './skipped-rows.js';
import { TimeSlices } from '../sampling/time-slices.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { StatsSource } from '../sampling/stats-source.js';
import { StatsSourceError } from '../sampling/stats-source.error.js';
import type { DockerCli } from './cli/docker-cli.js';

/**
 * Without `--all`, docker waits for the figures of every container that starts during the run. If one starts every second,
 * docker never ends. With `--all`, docker requests a new container's figures already at its creation and gets zeros
 * at once; it waits only for the containers that were running before.
 */
const STATS_ARGS = ['stats', '--all', '--no-stream', '--no-trunc', '--format', '{{json .}}'];

/** The shortest time that `docker ps` may take. After that, it ends with `docker stats` at the latest. */
const PS_TIMEOUT_MS = 2000;

/** The time between two checks of the engine. */
const ENGINE_CHECK_INTERVAL_MS = 60_000;

/** Lists the ids of the running containers, to count them. */
const PS_IDS_ARGS = ['ps', '--quiet'];

/** Matches output of only container ids, one per line. The limit of 50,000, more than any host has, bounds the matching time. */
const IDS = /^(?:[\da-f]{12,64}\n){0,50000}$/;

/** The longest output that {@link IDS} matches. */
const MAX_IDS_BYTES = 50_000 * 65;

/** The number of skipped rows that a log line names. */
const MAX_LOGGED_ROWS = 10;

/**
 * Takes samples of one host: each one runs `docker stats` and, at the same time, `docker ps`. Once a minute, `docker version` also runs at the
 * same time and checks that the engine is supported.
 */
export class DockerStatsService extends StatsSource {
  override readonly system = 'docker';
  readonly #logger: Logger;
  readonly #dockerVersion: DockerVersion;
  readonly #dockerPs: DockerPs;
  #lastLoggedRows = '';
  #engineCheckedAt = -Infinity;

  constructor(
    private readonly docker: DockerCli,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly host?: string,
  ) {
    super();
    this.#logger = new Logger(nameForLog(DockerStatsService.name, host));
    this.#dockerVersion = new DockerVersion(docker);
    this.#dockerPs = new DockerPs(docker);
  }

  /**
   * Runs `docker stats` and `docker ps` once and parses their output. Takes about two seconds. If `docker ps` fails, the details
   * that it gives are `null`.
   *
   * @throws {StatsSourceError} when docker returns no figures, or the engine is known to return wrong ones
   */
  override async sample(): Promise<StatsSample> {
    const [sampled, checked] = await Promise.allSettled([this.#readStats(), this.#checkEngine()]);
    if (sampled.status === 'rejected' || checked.status === 'rejected') this.#engineCheckedAt = -Infinity;
    if (checked.status === 'rejected') throw checked.reason;
    if (sampled.status === 'rejected') throw sampled.reason;
    return sampled.value;
  }

  override readVersion(timeoutMs: number): Promise<string> {
    return this.#dockerVersion.read(timeoutMs);
  }

  override async countRunning(timeoutMs: number): Promise<number | undefined> {
    try {
      const { timedOut, stdout } = await this.docker.run(PS_IDS_ARGS, {
        timeoutMs,
        maxOutputBytes: MAX_IDS_BYTES,
      });
      return timedOut || !IDS.test(stdout) ? undefined : stdout.split('\n').length - 1;
    } catch (error) {
      if (error instanceof StatsSourceError) return undefined;
      throw error;
    }
  }

  /**
   * Checks the version of the engine, at most once a minute. If `docker version` fails, the engine is unknown, so the next sample
   * checks again. If it times out, the next check is a minute later, because each timeout delays a sample.
   *
   * @throws {StatsSourceError} when the engine is known to return wrong figures
   */
  async #checkEngine(): Promise<void> {
    const now = this.clock.now();
    if (now < this.#engineCheckedAt + ENGINE_CHECK_INTERVAL_MS) return;
    try {
      await this.#dockerVersion.read(
        Math.min(this.settings.HEALTH_TIMEOUT_MS, this.settings.DOCKER_TIMEOUT_MS),
      );
      this.#engineCheckedAt = now;
    } catch (error) {
      if (!(error instanceof StatsSourceError) || error.code === 'docker_unsupported') throw error;
      if (error.code === 'docker_timeout') this.#engineCheckedAt = now;
      this.#logger.debug(`docker version: ${error.logMessage}`);
    }
  }

  async #readStats(): Promise<StatsSample> {
    const timeoutMs = this.settings.DOCKER_TIMEOUT_MS;
    const { result, sampledAt, sampledAtMonotonicMs, list } = await this.#runBoth(timeoutMs);
    const { timedOut, durationMs } = result;

    const { containers: rows, skipped: skippedRows } = await parseDockerStats(result.stdout, this.host);
    if (rows.length === 0 && timedOut) throw createTimeoutError(timeoutMs);
    const latest = needsSecondList(rows, skippedRows, list) ? await this.#listAgain(rows.length > 0) : list;
    const skipped = skippedRows.flatMap((row) => toSkippedRows(row, latest, timedOut, this.host));
    if (rows.length === 0 && skipped.some(hasUnexpectedReason)) {
      throw createNoFiguresError(result, skipped, latest !== undefined);
    }

    this.#logSkipped(skipped);
    // The rows are new objects. Copies of 10,000 of them would cost a garbage collection.
    const containers = await new TimeSlices('sample').map(rows, (row) =>
      Object.assign(row, this.#dockerPs.getDetails(row.id, latest)),
    );
    return {
      sampledAt,
      sampledAtMonotonicMs,
      durationMs,
      containers: containers.toSorted(compareContainers),
      skipped,
      ...(latest === undefined && { hasUnknownStates: true }),
    };
  }

  /** Runs `docker stats` and `docker ps` at the same time. `docker ps` delays the sample only up to {@link PS_TIMEOUT_MS}. */
  async #runBoth(timeoutMs: number): Promise<{
    result: CommandResult;
    sampledAt: Date;
    sampledAtMonotonicMs: number;
    list: ContainerList | undefined;
  }> {
    const startedAt = this.clock.now();
    const abort = new AbortController();
    const listing = this.#dockerPs.tryList({ timeoutMs, signal: abort.signal });
    listing.catch(() => undefined); // it is awaited below, after docker stats
    let cancel: (() => void) | undefined;
    try {
      const result = await this.docker.run(STATS_ARGS, { timeoutMs });
      const [sampledAt, sampledAtMonotonicMs] = [new Date(), this.clock.now()];
      cancel = this.clock.after(Math.max(0, startedAt + PS_TIMEOUT_MS - sampledAtMonotonicMs), () =>
        abort.abort(),
      );
      return { result, sampledAt, sampledAtMonotonicMs, list: await listing };
    } catch (error) {
      abort.abort();
      await listing;
      throw error;
    } finally {
      cancel?.();
    }
  }

  /**
   * Lists the containers after `docker stats`, because the first list does not explain the rows. `undefined` if `docker ps` fails
   * or prints something else.
   *
   * @throws {StatsSourceError} when the daemon cannot be reached and the sample has no figures. Then the daemon may have been lost
   * during `docker stats`, even if that printed zeros: it receives the zeros of stopped containers first.
   */
  async #listAgain(hasFigures: boolean): Promise<ContainerList | undefined> {
    const limits = { timeoutMs: PS_TIMEOUT_MS };
    if (hasFigures) return this.#dockerPs.tryList(limits);
    return this.#dockerPs.list(limits).catch((error: unknown) => {
      if (error instanceof StatsSourceError && error.code === 'docker_failed') return undefined;
      throw error;
    });
  }

  /** Logs only when the skipped rows change: a container without figures usually has none in the next run either. */
  #logSkipped(skipped: readonly SkippedRow[]): void {
    const rows = skipped.filter(({ reason }) => reason !== 'starting');
    const named = rows
      .slice(0, MAX_LOGGED_ROWS)
      .map((row) => `${row.container ?? 'unnamed'} (${row.reason})`);
    const others = rows.length > MAX_LOGGED_ROWS ? ` and ${rows.length - MAX_LOGGED_ROWS} more` : '';
    const text = named.join(', ') + others;
    if (text !== '' && text !== this.#lastLoggedRows) {
      this.#logger.warn(toSafeLine(`Skipped containers without figures: ${text}`));
    }
    this.#lastLoggedRows = text;
  }
}

function hasUnexpectedReason({ reason }: SkippedRow): boolean {
  return reason === 'no_reading' || reason === 'malformed';
}

/** The error for exit code 0 without any figures: docker exits like this when it loses its daemon during a run. */
function createNoFiguresError(
  result: CommandResult,
  skipped: readonly SkippedRow[],
  isDaemonReachable: boolean,
): StatsSourceError {
  const message = skipped.some(({ reason }) => reason === 'malformed')
    ? `Unexpected output of docker stats: ${toSafeLine(result.stdout, 120)}`
    : `Docker returned no figures (containers: ${skipped.length})${isDaemonReachable ? '' : ' and lost its daemon'}`;
  return new StatsSourceError(DAEMON_LOST, message);
}
