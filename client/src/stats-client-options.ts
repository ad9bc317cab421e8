import type { StatsClientError } from './stats-client.error.js';

/** The longest delay of a timer. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** What a {@link StatsClient} is made of. */
export interface StatsClientOptions {
  /** Where the service is, with the path under which a proxy has it, if any: `https://stats.example.org/docker`. */
  readonly baseUrl: string | URL;
  /** Goes out as `X-API-Key`, to this service alone. */
  readonly apiKey: string;
  /**
   * How long a call may take, with its retries. By default 20,000: more than docker's own deadlines in the service
   * (`DOCKER_TIMEOUT_MS` and what may follow), so that one hears why there is nothing.
   */
  readonly timeoutMs?: number | undefined;
  /** How often a call is repeated that failed in a way that may pass, by default 2. */
  readonly maxRetries?: number | undefined;
  /** In place of the global one: with a proxy, certificates, … */
  readonly fetch?: typeof fetch | undefined;
}

/** What each call may have of its own. */
export interface RequestOptions {
  /** Ends the call; it fails with `aborted`. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** How old the sample may be, in seconds; 0 for one that ends after this call. By default what the service thinks fit. */
  readonly maxAge?: number | undefined;
}

/** Which containers are wanted. */
export interface Selection {
  /** Names, or patterns of them with `*` and `?`; at least one of them must match. By default all containers. */
  readonly name?: string | readonly string[] | undefined;
}

/** How to follow the stream. */
export interface WatchOptions extends Selection {
  /** Ends the loop. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The connection counts as lost after this time without a byte, by default 40,000: the service shows a sign of life
   * each `STREAM_HEARTBEAT_MS` (15,000).
   */
  readonly silenceMs?: number | undefined;
  /**
   * Hears of what the loop survives: samples that failed (docker's codes), lost connections, refusals that pass. What it
   * throws ends the loop.
   */
  readonly onError?: ((error: StatsClientError) => void) | undefined;
}

/** @throws {RangeError} when it is no time that a timer can wait for */
export function validTime(name: string, ms: number): number {
  if (Number.isFinite(ms) && ms > 0 && ms <= MAX_DELAY_MS) return ms; // and so no text: of an environment, say
  throw new RangeError(`${name} must be above 0 and at most ${MAX_DELAY_MS}`);
}

/** @throws {RangeError} when it is no number of times */
export function validCount(name: string, count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw new RangeError(`${name} must be 0 or a positive integer`);
}
