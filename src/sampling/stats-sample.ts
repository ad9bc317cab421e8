/** The figures of one running container; one that docker does not give is `null`, never 0. Sizes in MB (2^20 bytes). */
export interface ContainerStats {
  /** Container id, 64 hexadecimal digits (12 where docker gives no more). */
  readonly id: string;
  readonly name: string;
  /** CPU in % as docker counts it: 100 is one core. */
  readonly cpuUsage: number;
  readonly memoryUsage: number | null;
  readonly memoryLimit: number | null;
  /** Memory in % of the limit. */
  readonly memoryPercent: number | null;
  readonly networkReceived: number | null;
  readonly networkSent: number | null;
  readonly blockRead: number | null;
  readonly blockWritten: number | null;
  readonly pids: number | null;
}

/**
 * Why a row of `docker stats` gives no figures:
 * - `no_reading`: docker printed `--` in place of the figures
 * - `timed_out`: the same, because the deadline came first
 * - `restarting`: the container is between two runs, and the zeros that docker prints for it are no reading
 * - `starting`: the container started after docker had asked for its figures
 * - `malformed`: the row is not in docker's form
 */
export type SkipReason = 'no_reading' | 'timed_out' | 'restarting' | 'starting' | 'malformed';

/** A row of `docker stats` that is not served. */
export interface SkippedRow {
  /** The container's name, else its id, as far as docker says; `null` where it does not. */
  readonly container: string | null;
  readonly reason: SkipReason;
}

/** What one run of `docker stats` told: the containers by name, then id, and the rows that are not served. */
export interface StatsSample {
  /** When the run ended. */
  readonly sampledAt: Date;
  /** The same on the monotonic {@link Clock}, for ages. */
  readonly sampledAtMonotonicMs: number;
  /** How long the run took. */
  readonly durationMs: number;
  readonly containers: readonly ContainerStats[];
  readonly skipped: readonly SkippedRow[];
  /** Where this is the part of a sample that some API keys may see: the whole, and the patterns of names. */
  readonly partOf?: { readonly whole: StatsSample; readonly scope: string };
}
