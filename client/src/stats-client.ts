import { errorIn, invalidResponse, jsonOf, textOf } from './http/answers.js';
import { Connection } from './http/connection.js';
import { type Readiness, readinessOf } from './readiness.js';
import { type RememberedAnswer, RememberedAnswers } from './http/remembered-answers.js';
import { cacheControlOf, containerPath, queryOf } from './http/requests.js';
import { retryDelayMs } from './http/retry-delay.js';
import { isBasicStats, isContainer, isFullStats, type Shape } from './shapes.js';
import {
  type RequestOptions,
  type Selection,
  type StatsClientOptions,
  validCount,
  validTime,
  type WatchOptions,
} from './stats-client-options.js';
import { StatsWatch } from './stream/stats-watch.js';
import { pause, TimeLimit } from './http/time-limit.js';
import type { BasicContainerStats, ContainerStats, FullStats } from './wire-types.js';

const DEFAULT_TIMEOUT_MS = 20_000;
const DEFAULT_MAX_RETRIES = 2;

/**
 * Asks a docker-stats-api for the figures of its containers. Every call fails with a {@link StatsClientError}, or with a
 * RangeError for arguments that cannot be.
 */
export class StatsClient {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  readonly #maxRetries: number;
  readonly #remembered = new RememberedAnswers();

  /**
   * @throws {TypeError} when the URL or the key cannot be one
   * @throws {RangeError} when a number is out of its range
   */
  constructor({ baseUrl, apiKey, timeoutMs, maxRetries, fetch }: StatsClientOptions) {
    this.#connection = new Connection(baseUrl, apiKey, fetch);
    this.#timeoutMs = validTime('timeoutMs', timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.#maxRetries = validCount('maxRetries', maxRetries ?? DEFAULT_MAX_RETRIES);
  }

  /** `GET /stats`: every running container, or those whose name matches; with every figure in the view `full`. */
  stats(options: RequestOptions & Selection & { readonly view: 'full' }): Promise<FullStats>;
  stats(options?: RequestOptions & Selection & { readonly view?: undefined }): Promise<BasicContainerStats[]>;
  async stats(
    options: RequestOptions & Selection & { readonly view?: 'full' | undefined } = {},
  ): Promise<FullStats | BasicContainerStats[]> {
    const path = `/stats${queryOf(options)}`;
    if (options.view !== 'full') return (await this.#read(path, isBasicStats, options)).value;
    const { value, heldMs } = await this.#read(path, isFullStats, options);
    return { ...value, ageMs: value.ageMs + Math.round(heldMs) };
  }

  /** `GET /containers/{name or id}/stats`: one container, with every figure; `not_found` when it does not run. */
  async container(nameOrId: string, options: RequestOptions = {}): Promise<ContainerStats> {
    return (await this.#read(containerPath(nameOrId), isContainer, options)).value;
  }

  /** `GET /health/ready`: whether the service reaches Docker. Fails only when the service itself does not answer. */
  ready(options: Omit<RequestOptions, 'maxAge'> = {}): Promise<Readiness> {
    return this.#withRetries(options, async (signal) => {
      const response = await this.#connection.get('/health/ready', {}, signal, false);
      const text = await textOf(response, signal);
      const readiness = readinessOf(jsonOf(text));
      if (readiness === undefined) throw errorIn(response, text);
      return readiness;
    });
  }

  /**
   * `GET /stats/stream`: each new sample, for as long as the loop goes on. It survives outages of Docker and of the
   * service, of which `onError` hears, and connects again; it fails when the service refuses the key or the request.
   */
  watch(options: WatchOptions & { readonly view: 'full' }): StatsWatch<FullStats>;
  watch(options?: WatchOptions & { readonly view?: undefined }): StatsWatch<BasicContainerStats[]>;
  watch(
    options: WatchOptions & { readonly view?: 'full' | undefined } = {},
  ): StatsWatch<FullStats> | StatsWatch<BasicContainerStats[]> {
    const path = `/stats/stream${queryOf(options)}`;
    return options.view === 'full'
      ? new StatsWatch(this.#connection, path, isFullStats, options)
      : new StatsWatch(this.#connection, path, isBasicStats, options);
  }

  /** The value at a path, and for how long it has been held here, where the service says that it has not changed. */
  #read<T>(path: string, isValue: Shape<T>, options: RequestOptions): Promise<{ value: T; heldMs: number }> {
    const cacheControl = cacheControlOf(options);
    return this.#withRetries(options, async (signal) => {
      const known = this.#remembered.get(path);
      const headers = {
        Accept: 'application/json',
        'Cache-Control': cacheControl,
        ...(known && { 'If-None-Match': known.etag }),
      };
      const response = await this.#connection.get(path, headers, signal);
      const answer = await this.#answerOf(response, known, signal);
      const value = jsonOf(answer.text);
      if (!isValue(value)) throw invalidResponse(response, 'is not of the form that was asked for');
      if (answer.etag !== '') this.#remembered.set(path, answer);
      return { value, heldMs: answer === known ? performance.now() - answer.receivedAt : 0 };
    });
  }

  async #answerOf(
    response: Response,
    known: RememberedAnswer | undefined,
    signal: AbortSignal,
  ): Promise<RememberedAnswer> {
    if (response.status === 304 && known !== undefined) return known;
    const text = await textOf(response, signal);
    if (response.status !== 200) throw errorIn(response, text);
    return { etag: response.headers.get('ETag') ?? '', text, receivedAt: performance.now() };
  }

  /** Does what reads alone, and so may be done again, until the time is over. */
  async #withRetries<T>(options: RequestOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const timeoutMs = validTime('timeoutMs', options.timeoutMs ?? this.#timeoutMs);
    const endsAt = performance.now() + timeoutMs;
    const limit = new TimeLimit(timeoutMs, options.signal);
    try {
      for (let failures = 0; ; failures++) {
        /* oxlint-disable no-await-in-loop */
        try {
          return await work(limit.signal);
        } catch (error) {
          const delayMs = failures < this.#maxRetries ? retryDelayMs(error, failures) : undefined;
          if (delayMs === undefined || performance.now() + delayMs >= endsAt) throw error;
          await pause(delayMs, limit.signal);
        }
        /* oxlint-enable no-await-in-loop */
      }
    } finally {
      limit.end();
    }
  }
}
