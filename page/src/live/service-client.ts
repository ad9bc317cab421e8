import type { Figure, FullStats, History, HostsHistory, StatsClientError } from 'docker-stats-client';
import { HttpClient } from '../../../client/src/http/http-client.js';
import { formatContainerPath } from '../../../client/src/http/requests.js';
import { parseValue, readSuccess } from '../../../client/src/http/responses.js';
import {
  DEFAULT_MAX_RETRIES,
  DEFAULT_TIMEOUT_MS,
  withRetries,
} from '../../../client/src/http/with-retries.js';
import { StatsWatch } from '../../../client/src/stream/stats-watch.js';
import { isFullStats, isHistory } from '../../../client/src/type-guards.js';

interface WatchOptions {
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onError: (error: StatsClientError, reconnectMs?: number) => void;
}

interface HistoryOptions {
  readonly fields: readonly Figure[];
  /** Seconds ago. Default: the oldest sample. */
  readonly since?: number;
  readonly signal: AbortSignal;
}

/** The requests of the page. `StatsClient` is made of the same parts, but has calls and options that the page does not use. */
export class ServiceClient {
  readonly #http: HttpClient;

  /** @throws {TypeError} for an invalid URL or API key */
  constructor(baseUrl: string | URL, apiKey: string, fetchWith?: typeof fetch) {
    this.#http = new HttpClient(baseUrl, apiKey, fetchWith);
  }

  /** Each new sample. Reconnects until the signal is aborted or the service refuses the key. */
  watch(options: WatchOptions): StatsWatch<FullStats> {
    return new StatsWatch(this.#http, '/stats/stream?view=full', isFullStats, options);
  }

  /** What the service has sampled lately, of all containers. */
  history(options: HistoryOptions): Promise<History | HostsHistory> {
    return this.#readHistory('/stats', options);
  }

  /** The same for one container, on a Docker host if the service has several. */
  containerHistory(
    id: string,
    host: string | undefined,
    options: HistoryOptions,
  ): Promise<History | HostsHistory> {
    return this.#readHistory(formatContainerPath(id, host), options);
  }

  #readHistory(path: string, { fields, since, signal }: HistoryOptions): Promise<History | HostsHistory> {
    const url = `${path}/history?fields=${fields.join()}${since === undefined ? '' : `&since=${since}`}`;
    const limits = { signal, timeoutMs: DEFAULT_TIMEOUT_MS, maxRetries: DEFAULT_MAX_RETRIES };
    return withRetries(limits, async (deadline) => {
      const response = await this.#http.get(url, {}, deadline);
      return parseValue(await readSuccess(response, deadline), isHistory, response);
    });
  }
}
