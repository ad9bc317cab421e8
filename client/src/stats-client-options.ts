import type { ContainerHealth, ContainerStats, ProjectStats } from './wire-types.js';
import type { StatsClientError } from './stats-client.error.js';

/** The longest delay that a timer accepts. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Options of `new StatsClient()`. */
export interface StatsClientOptions {
  /** URL of the service, including the path prefix of a proxy: `https://stats.example.org/docker`. */
  readonly baseUrl: string | URL;
  /** Sent as `X-API-Key`, only to `baseUrl`. */
  readonly apiKey: string;
  /**
   * Deadline of one call, retries included. Default: 20,000 ms. This is longer than the service waits for docker
   * (`DOCKER_TIMEOUT_MS`), so the service can still report why docker failed.
   */
  readonly timeoutMs?: number | undefined;
  /** How often a failed call is retried, if a retry can help. Default: 2. */
  readonly maxRetries?: number | undefined;
  /** Replaces the global `fetch`, for example to use a proxy or your own certificates. */
  readonly fetch?: typeof fetch | undefined;
}

/** Options of one call. */
export interface RequestOptions {
  /** Aborts the call, which then fails with `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Deadline of this call, retries included. Default: that of the client. */
  readonly timeoutMs?: number | undefined;
  /** Greatest age of the sample in seconds; 0 waits for a new sample. Default: `STATS_MAX_AGE_MS` of the service. */
  readonly maxAge?: number | undefined;
  /**
   * How many seconds older than allowed the sample may be; `Infinity` accepts any age. Such a sample is returned at once,
   * and the service takes a new one for later calls. Default: 0.
   */
  readonly maxStale?: number | undefined;
  /** Never waits for a sample: the call fails with `not_cached` if no sample is fresh enough. Default: false. */
  readonly onlyIfCached?: boolean | undefined;
}

/** One pattern, or several of which one must match. `*` matches any characters, `?` matches one. */
type Patterns = string | readonly string[];

/** Selects containers. A container must match each of these fields that is given. Default: all containers. */
export interface Selection {
  /** The Docker host. Only if the service has several. */
  readonly host?: Patterns | undefined;
  readonly name?: Patterns | undefined;
  /** The Compose project, the stack of a swarm, or the Kubernetes namespace. */
  readonly project?: Patterns | undefined;
  readonly service?: Patterns | undefined;
  readonly image?: Patterns | undefined;
  /** The result of the health check. */
  readonly health?: ContainerHealth | readonly ContainerHealth[] | undefined;
}

/** The order of the objects, and their number. */
export interface Arrangement<Field extends string> {
  /** The field to sort by; `-` before its name means descending. Default: by name. */
  readonly sort?: Field | `-${Field}` | undefined;
  /** The maximum number of objects. */
  readonly limit?: number | undefined;
}

/** Options of `stats()`, without the view. */
export interface StatsOptions extends RequestOptions, Selection, Arrangement<keyof ContainerStats> {}

/** Selects the Docker host of one container. Default: the one host that has it. */
export interface HostOption {
  /** Its exact name. Only if the service has several hosts. */
  readonly host?: string | undefined;
}

/** Options of `container()`. */
export interface ContainerOptions extends RequestOptions, HostOption {}

/** Options of `hosts()`. */
export interface HostsOptions extends RequestOptions, Pick<Selection, 'host'> {}

/** Options of `projects()`. */
export interface ProjectsOptions extends RequestOptions, Selection, Arrangement<keyof ProjectStats> {}

/** Options of `watch()`. */
export interface WatchOptions extends Selection, Arrangement<keyof ContainerStats> {
  /** Ends the loop. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The connection counts as lost after this time without a byte. Default: 40,000 ms. The service sends a heartbeat
   * every `STREAM_HEARTBEAT_MS` (15,000 ms).
   */
  readonly silenceMs?: number | undefined;
  /** Called each time the service has accepted the request, before its first sample. If this function throws, the loop ends. */
  readonly onOpen?: (() => void) | undefined;
  /**
   * Called for each error after which the loop continues: a failed sample, a lost connection, a temporary refusal. If the
   * connection is lost, `reconnectMs` is the time until the next attempt. If this function throws, the loop ends.
   */
  readonly onError?: ((error: StatsClientError, reconnectMs?: number) => void) | undefined;
}

/** @throws {RangeError} when a timer cannot wait that long; also for text, such as a value of an environment variable */
export function checkTime(name: string, ms: number): number {
  if (Number.isFinite(ms) && ms > 0 && ms <= MAX_DELAY_MS) return ms;
  throw new RangeError(`${name} must be a number of milliseconds above 0, at most ${MAX_DELAY_MS}`);
}

/** @throws {RangeError} unless `count` is 0 or a positive integer */
export function checkCount(name: string, count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw new RangeError(`${name} must be 0 or a positive integer`);
}
