import { Injectable, NotFoundException } from '@nestjs/common';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { Settings } from '../../config/settings.js';
import { SampleCache } from '../../sampling/sample-cache.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import { JobQueue } from '../../stats/limits/job-queue.js';
import { ResponseMemoryLimit } from '../../stats/limits/response-memory-limit.js';
import type { ContainerFilter } from '../../stats/selection/container-filter.js';
import { HostSelector } from '../../stats/selection/host-selector.js';
import { toFilter } from '../../stats/selection/sample-scopes.js';
import { createHistoryBody } from '../formats/create-history-body.js';
import type { HistoryBody } from '../formats/history-body.js';
import { HistorySource, type OpenHistory } from './history-source.js';
import type { HistoryRequest } from './history-request.js';

/** Creates the bodies of history requests, in the queue of the API key. */
@Injectable()
export class HistoryService {
  readonly #cache: SampleCache<HistoryBody>;

  constructor(
    private readonly source: HistorySource,
    private readonly hosts: HostSelector,
    private readonly settings: Settings,
    private readonly queue: JobQueue,
    private readonly memoryLimit: ResponseMemoryLimit,
    private readonly apiKeys: ApiKeyStore,
  ) {
    this.#cache = new SampleCache(source.maxCachedBytes);
  }

  /**
   * Returns the history of all containers that the key may see, or of those that a filter selects.
   *
   * @throws {HttpException} if the history is switched off, the response would be too large, or the key may not make another one
   */
  async list(key: ApiKey, filter: ContainerFilter, request: HistoryRequest): Promise<HistoryBody> {
    this.#assertIsOn();
    return this.#get(key, request, await this.source.openList(key, filter, request));
  }

  /**
   * Returns the history of one container, which may have ended. Errors as in {@link list}, and if there is no such container, or
   * several.
   *
   * @param hosts patterns of the Docker hosts
   */
  async one(
    key: ApiKey,
    reference: string,
    request: HistoryRequest,
    hosts?: readonly string[],
  ): Promise<HistoryBody> {
    this.#assertIsOn();
    return this.#get(key, request, await this.source.openOne(key, { reference, hosts }, request));
  }

  async #get(key: ApiKey, request: HistoryRequest, history: OpenHistory): Promise<HistoryBody> {
    const { latest } = history;
    const id = identify(key, request, history);
    const cached = latest && this.#cache.get(latest, id);
    if (cached !== undefined) return cached;
    this.memoryLimit.assertBelowLimit(key);
    return this.queue.run(key, 'history', id, () => {
      this.apiKeys.assertValid(key);
      const make = (): Promise<HistoryBody> => this.#make(request, history);
      return latest === undefined ? make() : this.#cache.getOrMake(latest, id, false, make);
    });
  }

  async #make(request: HistoryRequest, history: OpenHistory): Promise<HistoryBody> {
    const slices = new TimeSlices('own');
    const selection = await history.read(slices);
    return createHistoryBody(selection, { ...request, hasHosts: this.hosts.areNamed }, slices);
  }

  #assertIsOn(): void {
    if (this.settings.HISTORY_MS > 0) return;
    throw new NotFoundException('The history is switched off: HISTORY_MS is 0');
  }
}

/** Returns an id that is the same for all requests that get the same bytes from the same history. */
function identify(key: ApiKey, request: HistoryRequest, { id }: OpenHistory): string {
  const { fields, view, format, sort, limit } = request;
  return JSON.stringify([toFilter(key), id, fields.map(({ name }) => name), view, format, sort, limit]);
}
