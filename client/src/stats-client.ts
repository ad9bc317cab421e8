import { createResponseError, parseJson, parseValue, readSuccess, readText } from './http/responses.js';
import { HttpClient } from './http/http-client.js';
import { type Readiness, parseReadiness } from './readiness.js';
import { type CachedResponse, EtagCache } from './http/etag-cache.js';
import { formatCacheControl, formatContainerPath, formatQuery } from './http/requests.js';
import {
  isBasicStats,
  isContainer,
  isFullStats,
  isHistory,
  isHistorySummary,
  isHosts,
  isProjects,
  type TypeGuard,
} from './type-guards.js';
import {
  type ContainerOptions,
  type HostsOptions,
  type ProjectsOptions,
  type RequestOptions,
  type StatsClientOptions,
  type StatsOptions,
  checkCount,
  checkTime,
  type WatchOptions,
} from './stats-client-options.js';
import { StatsWatch } from './stream/stats-watch.js';
import { DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT_MS, withRetries } from './http/with-retries.js';
import { formatHistoryQuery } from './http/history-query.js';
import type {
  ContainerHistoryOptions,
  HistoryOptions,
  PointsView,
  SamplesView,
  SummaryView,
} from './history-options.js';
import type { History, HistoryPoints, HistorySummary, HostsHistory } from './history-types.js';
import type {
  BasicContainerStats,
  ContainerStats,
  FullStats,
  HostStatus,
  ProjectStats,
} from './wire-types.js';

/**
 * Client of a docker-stats-api. Every call fails with a `StatsClientError`, or with a `RangeError` for an argument out
 * of range.
 */
export class StatsClient {
  readonly #http: HttpClient;
  readonly #timeoutMs: number;
  readonly #maxRetries: number;
  readonly #cache = new EtagCache();

  /**
   * @throws {TypeError} for an invalid URL or API key
   * @throws {RangeError} for a number out of range
   */
  constructor({ baseUrl, apiKey, timeoutMs, maxRetries, fetch }: StatsClientOptions) {
    this.#http = new HttpClient(baseUrl, apiKey, fetch);
    this.#timeoutMs = checkTime('timeoutMs', timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.#maxRetries = checkCount('maxRetries', maxRetries ?? DEFAULT_MAX_RETRIES);
  }

  /** `GET /stats`: all running containers, or the selected ones. The view `full` has all values of each. */
  stats(options: StatsOptions & { readonly view: 'full' }): Promise<FullStats>;
  stats(options?: StatsOptions & { readonly view?: undefined }): Promise<BasicContainerStats[]>;
  async stats(
    options: StatsOptions & { readonly view?: 'full' | undefined } = {},
  ): Promise<FullStats | BasicContainerStats[]> {
    const path = `/stats${formatQuery(options)}`;
    if (options.view !== 'full') return (await this.#read(path, isBasicStats, options)).value;
    const { value, cachedMs } = await this.#read(path, isFullStats, options);
    return { ...value, ageMs: value.ageMs + Math.round(cachedMs) };
  }

  /** `GET /containers/{name or id}/stats`: all values of one container. Fails with `not_found` if it is not running. */
  async container(nameOrId: string, options: ContainerOptions = {}): Promise<ContainerStats> {
    return (await this.#read(formatContainerPath(nameOrId, options.host), isContainer, options)).value;
  }

  /** `GET /hosts`: the Docker hosts. Fails with `not_found` if the service has only one, without a name. */
  async hosts(options: HostsOptions = {}): Promise<HostStatus[]> {
    return (await this.#read(`/hosts${formatQuery({ host: options.host })}`, isHosts, options)).value;
  }

  /** `GET /projects`: the sums of each project, of all running containers or of the selected ones. */
  async projects(options: ProjectsOptions = {}): Promise<ProjectStats[]> {
    return (await this.#read(`/projects${formatQuery(options)}`, isProjects, options)).value;
  }

  /**
   * `GET /stats/history`: what the service has sampled lately, of all containers or of the selected ones: columns of
   * samples, with `points` columns of steps, or a summary. If the service has several Docker hosts, each has its own times.
   */
  history(options: HistoryOptions & SummaryView): Promise<HistorySummary>;
  history(options: HistoryOptions & PointsView): Promise<HistoryPoints>;
  history(options?: HistoryOptions & SamplesView): Promise<History | HostsHistory>;
  history(options: HistoryOptions = {}): Promise<History | HostsHistory | HistorySummary> {
    return this.#readHistory('/stats', options);
  }

  /**
   * `GET /containers/{name or id}/stats/history`: the same for one container, which may have ended. Fails with `not_found` if
   * the history does not have it.
   */
  containerHistory(nameOrId: string, options: ContainerHistoryOptions & SummaryView): Promise<HistorySummary>;
  containerHistory(nameOrId: string, options: ContainerHistoryOptions & PointsView): Promise<HistoryPoints>;
  containerHistory(nameOrId: string, options?: ContainerHistoryOptions & SamplesView): Promise<History>;
  async containerHistory(
    nameOrId: string,
    { host, ...options }: ContainerHistoryOptions = {},
  ): Promise<History | HostsHistory | HistorySummary> {
    return this.#readHistory(formatContainerPath(nameOrId, host), options);
  }

  /** `GET /health/ready`: whether the service reaches Docker. Does not fail if Docker is down. */
  ready(options: Pick<RequestOptions, 'signal' | 'timeoutMs'> = {}): Promise<Readiness> {
    return this.#withRetries(options, async (signal) => {
      const response = await this.#http.get('/health/ready', {}, signal, false);
      const text = await readText(response, signal);
      const readiness = parseReadiness(parseJson(text));
      if (readiness === undefined) throw createResponseError(response, text);
      return readiness;
    });
  }

  /**
   * `GET /stats/stream`: each new sample, until the loop ends. During an outage of Docker or of the service it reports
   * each error to `onError` and reconnects. It fails if the service refuses the API key or the request.
   */
  watch(options: WatchOptions & { readonly view: 'full' }): StatsWatch<FullStats>;
  watch(options?: WatchOptions & { readonly view?: undefined }): StatsWatch<BasicContainerStats[]>;
  watch(
    options: WatchOptions & { readonly view?: 'full' | undefined } = {},
  ): StatsWatch<FullStats> | StatsWatch<BasicContainerStats[]> {
    const path = `/stats/stream${formatQuery(options)}`;
    return options.view === 'full'
      ? new StatsWatch(this.#http, path, isFullStats, options)
      : new StatsWatch(this.#http, path, isBasicStats, options);
  }

  async #readHistory(
    path: string,
    options: HistoryOptions,
  ): Promise<History | HostsHistory | HistorySummary> {
    const url = `${path}/history${formatHistoryQuery(options)}`;
    const request = { signal: options.signal, timeoutMs: options.timeoutMs };
    return options.view === 'summary'
      ? (await this.#read(url, isHistorySummary, request)).value
      : (await this.#read(url, isHistory, request)).value;
  }

  /** Reads the value at a path. `cachedMs` is the time since a cached response arrived, and 0 for a new response. */
  #read<T>(
    path: string,
    isValue: TypeGuard<T>,
    options: RequestOptions,
  ): Promise<{ value: T; cachedMs: number }> {
    const cacheControl = formatCacheControl(options);
    return this.#withRetries(options, async (signal) => {
      const cached = this.#cache.get(path);
      const headers = {
        Accept: 'application/json',
        'Cache-Control': cacheControl,
        ...(cached && { 'If-None-Match': cached.etag }),
      };
      const response = await this.#http.get(path, headers, signal);
      const current = await this.#receive(response, cached, signal);
      const value = parseValue(current.text, isValue, response);
      if (current.etag !== '') this.#cache.set(path, current);
      return { value, cachedMs: current === cached ? performance.now() - current.receivedAt : 0 };
    });
  }

  /** Returns the cached response for a `304`, and reads a new one for a `200`. */
  async #receive(
    response: Response,
    cached: CachedResponse | undefined,
    signal: AbortSignal,
  ): Promise<CachedResponse> {
    if (response.status === 304 && cached !== undefined) return cached;
    const text = await readSuccess(response, signal);
    return { etag: response.headers.get('ETag') ?? '', text, receivedAt: performance.now() };
  }

  #withRetries<T>(
    { signal, timeoutMs = this.#timeoutMs }: RequestOptions,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return withRetries({ signal, timeoutMs, maxRetries: this.#maxRetries }, work);
  }
}
