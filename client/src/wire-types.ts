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

/** A container in the plain view of `GET /stats`: the contract of the original service. */
export type BasicContainerStats = Pick<ContainerStats, 'name' | 'cpuUsage' | 'memoryUsage'>;

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

/** `GET /stats?view=full`: the whole sample, with its age. */
export interface FullStats {
  /** When the sample was taken, ISO 8601. */
  readonly sampledAt: string;
  /** How old the sample is, in milliseconds. */
  readonly ageMs: number;
  /** How long docker took for it, in milliseconds. */
  readonly durationMs: number;
  readonly containers: readonly ContainerStats[];
  readonly skipped: readonly SkippedRow[];
}

/** The stable codes of docker's failures. */
export type DockerErrorCode =
  'docker_not_found' | 'docker_unreachable' | 'docker_timeout' | 'docker_unsupported' | 'docker_failed';

/** The stable codes of all errors that the service responds with. */
export type ErrorCode =
  | DockerErrorCode
  | 'unauthorized'
  | 'invalid_request'
  | 'not_found'
  | 'method_not_allowed'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

/** The body of every error. */
export interface ErrorBody {
  readonly statusCode: number;
  /** Stable: for programs. */
  readonly code: ErrorCode;
  /** For people; may change. */
  readonly message: string;
}
