/** The state of a container that runs, as docker names it. */
export type ContainerState = 'running' | 'paused' | 'restarting';

/** The result of the health check of a container. */
export type ContainerHealth = 'healthy' | 'unhealthy' | 'starting';

/** The values of one running container. A value that docker does not give is `null`, never 0. Sizes are in MB (2^20 bytes). */
export interface ContainerStats {
  /** The Docker host. Only if the service has several (`DOCKER_HOSTS`). */
  readonly host?: string;
  /** Container id: 64 hexadecimal digits, or 12 when docker gives no more. */
  readonly id: string;
  readonly name: string;
  /** The image as docker names it, such as `nginx:1.29`, or its id. */
  readonly image: string | null;
  /** The Compose project, the stack of a swarm, or the Kubernetes namespace. */
  readonly project: string | null;
  /** The service in the project; in Kubernetes `POD/CONTAINER`. */
  readonly service: string | null;
  readonly state: ContainerState | null;
  /** `null` if the container has no health check, or is paused. */
  readonly health: ContainerHealth | null;
  /** When the container was created, ISO 8601. */
  readonly createdAt: string | null;
  /** CPU in %, as docker counts it: 100 is one core. */
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

/** The containers of one project together: an object of `GET /projects`. */
export interface ProjectStats {
  /** `null` for the containers without a project. */
  readonly project: string | null;
  /** The number of running containers. */
  readonly containers: number;
  /** The sum of their CPU in %: 100 is one core. */
  readonly cpuUsage: number;
  /** The sum of their memory in MB; `null` if the memory of one is unknown. */
  readonly memoryUsage: number | null;
}

/** One container in the plain view of `GET /stats`. */
export type BasicContainerStats = Pick<ContainerStats, 'host' | 'name' | 'cpuUsage' | 'memoryUsage'>;

/**
 * Why a row of `docker stats` is skipped:
 * - `no_reading`: docker printed `--` instead of figures
 * - `timed_out`: docker printed `--` because the deadline passed before it had the figures
 * - `restarting`: the container is restarting, and docker printed zeros
 * - `starting`: the container started while the sample was taken, and docker printed zeros
 * - `malformed`: the row is not in docker's format
 */
export type SkipReason = 'no_reading' | 'timed_out' | 'restarting' | 'starting' | 'malformed';

/** A skipped row of `docker stats`. */
export interface SkippedRow {
  /** The Docker host. Only if the service has several (`DOCKER_HOSTS`). */
  readonly host?: string;
  /** The container's name, or its id if docker gives no name, or `null` if it gives neither. */
  readonly container: string | null;
  /** The id of the container, if it is known: 64 hexadecimal digits, or 12. */
  readonly id: string | null;
  /** The project of the container, if it is known. */
  readonly project: string | null;
  readonly reason: SkipReason;
}

/** A Docker host without figures. All its containers are missing. */
export interface SkippedHost {
  readonly host: string;
  readonly container: null;
  readonly id: null;
  readonly project: null;
  /** Why it has no figures. */
  readonly reason: HostErrorCode;
  /** When its latest sample was taken, ISO 8601; if there was none, when the service first tried. */
  readonly since: string;
}

/** Why a Docker host has no figures. */
export interface HostError {
  readonly code: HostErrorCode;
  /** Human-readable; may change. */
  readonly message: string;
  /** When its latest sample was taken, ISO 8601; if there was none, when the service first tried. */
  readonly since: string;
}

/** The sample of one Docker host. */
export interface HostSample {
  readonly name: string;
  /** When the sample was taken, ISO 8601; `null` if there is none. */
  readonly sampledAt: string | null;
  /** Age of the sample in milliseconds; `null` if there is none. */
  readonly ageMs: number | null;
  /** `null` if there is a sample. */
  readonly error: HostError | null;
}

/** The body of `GET /stats?view=full`: one sample and its age. */
export interface FullStats {
  /** When the sample was taken, ISO 8601. */
  readonly sampledAt: string;
  /** Age of the sample in milliseconds. */
  readonly ageMs: number;
  /** How long `docker stats` took, in milliseconds. */
  readonly durationMs: number;
  readonly containers: readonly ContainerStats[];
  readonly skipped: readonly (SkippedRow | SkippedHost)[];
  /** The samples of the Docker hosts. Only if the service has several (`DOCKER_HOSTS`). The age above is that of the oldest one. */
  readonly hosts?: readonly HostSample[];
  /** What Prometheus warns of, such as a partial result. Only if the service reads its figures from Prometheus. */
  readonly warnings?: readonly string[];
}

/** A Docker host: an object of `GET /hosts`. */
export interface HostStatus {
  readonly name: string;
  readonly state: 'up' | 'down';
  /** The version of its Docker engine; `null` if it is not known. */
  readonly version: string | null;
  /** The number of running containers with figures that the API key may see; `null` if the host is down. */
  readonly containers: number | null;
  /** Why the host is down; `null` if it is up. */
  readonly error: HostError | null;
}

/** The stable codes of docker's failures. */
export type DockerErrorCode =
  'docker_not_found' | 'docker_unreachable' | 'docker_timeout' | 'docker_unsupported' | 'docker_failed';

/** The stable codes of the failures of a Prometheus server, if the service reads its figures there. */
export type PrometheusErrorCode = 'prometheus_unreachable' | 'prometheus_timeout' | 'prometheus_failed';

/** The stable codes of the failures of the source of the figures. */
export type SourceErrorCode = DockerErrorCode | PrometheusErrorCode;

/**
 * Why a Docker host has no figures. If the service reads its figures from Prometheus:
 * - `scrape_failed`: Prometheus cannot scrape the host
 * - `docker_failed`: the service on the host gets no figures from docker
 * - `figures_stale`: the latest figures are too old
 * - `figures_gone`: Prometheus had figures in the last hour, and has none now
 * - `host_ambiguous`: several targets have the name of this host
 */
export type HostErrorCode =
  SourceErrorCode | 'scrape_failed' | 'figures_stale' | 'figures_gone' | 'host_ambiguous';

/** The stable codes of all errors that the service returns. */
export type ErrorCode =
  | SourceErrorCode
  | 'unauthorized'
  | 'invalid_request'
  | 'not_found'
  | 'method_not_allowed'
  | 'rate_limited'
  | 'unavailable'
  | 'not_cached'
  | 'internal';

/** The body of every error response. */
export interface ErrorBody {
  readonly statusCode: number;
  /** Stable; for programs. */
  readonly code: ErrorCode;
  /** Human-readable; may change. */
  readonly message: string;
}
