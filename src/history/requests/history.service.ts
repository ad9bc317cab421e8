import { Injectable, NotFoundException } from '@nestjs/common';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { Settings } from '../../config/settings.js';
import type { Host } from '../../sampling/hosts/host.js';
import { MAX_UNSHARED_BYTES, SampleCache } from '../../sampling/sample-cache.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import { JobQueue } from '../../stats/limits/job-queue.js';
import { ResponseMemoryLimit } from '../../stats/limits/response-memory-limit.js';
import {
  type ContainerFilter,
  createMatcher,
  identifyFilter,
} from '../../stats/selection/container-filter.js';
import { HostSelector } from '../../stats/selection/host-selector.js';
import { toFilter } from '../../stats/selection/sample-scopes.js';
import { createHistoryBody } from '../formats/create-history-body.js';
import type { HistoryBody } from '../formats/history-body.js';
import { HostHistories } from '../store/host-histories.js';
import type { SampleBlock, SampleHistory } from '../store/sample-history.js';
import { type ContainerPredicate, selectSeries } from '../store/select-series.js';
import { findKnownContainer } from './find-known-container.js';
import type { HistoryRequest } from './history-request.js';

/** The history of a Docker host. */
interface HostHistory {
  /** `undefined` if the response does not give the times of each host. */
  readonly host: string | undefined;
  readonly history: SampleHistory;
}

/** Which containers a request selects. */
interface Selection {
  readonly hosts: readonly HostHistory[];
  /** Identifies the selection among all of the key. */
  readonly id: string;
  readonly isSelected: ContainerPredicate;
}

/** Creates the bodies of history requests, in the queue of the API key. */
@Injectable()
export class HistoryService {
  readonly #cache: SampleCache<HistoryBody>;

  constructor(
    private readonly histories: HostHistories,
    private readonly hosts: HostSelector,
    private readonly settings: Settings,
    private readonly queue: JobQueue,
    private readonly memoryLimit: ResponseMemoryLimit,
    private readonly apiKeys: ApiKeyStore,
  ) {
    // Each host has samples of its own. Together, the cached bodies must not use more memory than with one host.
    this.#cache = new SampleCache(MAX_UNSHARED_BYTES / histories.count);
  }

  /**
   * Returns the history of all containers that the key may see, or of those that a filter selects.
   *
   * @throws {HttpException} if the history is switched off, the response would be too large, or the key may not make another one
   */
  list(key: ApiKey, filter: ContainerFilter, request: HistoryRequest): Promise<HistoryBody> {
    this.#assertIsOn();
    const hosts = this.hosts.select(key, filter.host).map((host) => ({
      host: this.hosts.areNamed ? host.name : undefined,
      history: this.histories.get(host),
    }));
    return this.#get(key, request, {
      hosts,
      id: identifyFilter(filter),
      isSelected: createMatcher(filter),
    });
  }

  /**
   * Returns the history of one container, which may have ended. Errors as in {@link list}, and if there is no such container, or
   * several.
   */
  async one(
    key: ApiKey,
    reference: string,
    request: HistoryRequest,
    hosts: readonly Host[] = this.hosts.select(key, undefined),
  ): Promise<HistoryBody> {
    this.#assertIsOn();
    const isVisible = createMatcher(toFilter(key));
    const histories = hosts.map((host) => this.histories.get(host));
    await Promise.all(histories.map((history) => history.settle()));
    const known = histories.flatMap((history) =>
      history
        .findContainers(Date.now())
        .filter(({ latest }) => isVisible(latest))
        .map((container) => ({ ...container, history })),
    );
    const { history, latest } = findKnownContainer(known, reference);
    return this.#get(key, request, {
      hosts: [{ host: undefined, history }],
      id: `${latest.host ?? ''} ${latest.id}`,
      isSelected: ({ id }) => id === latest.id,
    });
  }

  async #get(key: ApiKey, request: HistoryRequest, selection: Selection): Promise<HistoryBody> {
    await Promise.all(selection.hosts.map(({ history }) => history.settle()));
    const latest = findNewest(selection.hosts);
    const id = this.#identify(key, request, selection);
    const cached = latest && this.#cache.get(latest, id);
    if (cached !== undefined) return cached;
    this.memoryLimit.assertBelowLimit(key);
    return this.queue.run(key, 'history', id, () => {
      this.apiKeys.assertValid(key);
      const make = (): Promise<HistoryBody> => this.#make(key, request, selection);
      return latest === undefined ? make() : this.#cache.getOrMake(latest, id, false, make);
    });
  }

  async #make(key: ApiKey, request: HistoryRequest, { hosts, isSelected }: Selection): Promise<HistoryBody> {
    const slices = new TimeSlices('own');
    const isVisible = createMatcher(toFilter(key));
    const sampledAt = findNewest(hosts)?.sampledAt;
    const blocks = hosts
      .map(({ host, history }) => ({ host, blocks: readBlocks(history, request) }))
      .filter(({ host, blocks: { length } }) => host === undefined || length > 0);
    const selection = await selectSeries(blocks, (latest) => isVisible(latest) && isSelected(latest), slices);
    return createHistoryBody(selection, { ...request, hasHosts: this.hosts.areNamed }, sampledAt, slices);
  }

  /** Returns an id that is the same for all requests that get the same bytes from the same histories. */
  #identify(key: ApiKey, request: HistoryRequest, { hosts, id }: Selection): string {
    const { fields, points, view, format, since, until, sort, limit } = request;
    const samples = hosts.map(({ history }) => {
      const blocks = readBlocks(history, request);
      return [history.latest?.sampledAt, blocks[0]?.at, blocks.at(-1)?.at];
    });
    const names = fields.map(({ name }) => name);
    const steps = points === undefined ? [] : [points, since, until];
    return JSON.stringify([toFilter(key), id, samples, names, steps, view, format, sort, limit]);
  }

  #assertIsOn(): void {
    if (this.settings.HISTORY_MS > 0) return;
    throw new NotFoundException('The history is switched off: HISTORY_MS is 0');
  }
}

function readBlocks(history: SampleHistory, { since = -Infinity, until }: HistoryRequest): SampleBlock[] {
  return history.read(since, until, Date.now());
}

/** Returns the sample of these hosts that was taken last. */
function findNewest(hosts: readonly HostHistory[]): StatsSample | undefined {
  return hosts
    .flatMap(({ history }) => history.latest ?? [])
    .reduce<StatsSample | undefined>(
      (newest, sample) => (newest !== undefined && newest.sampledAt >= sample.sampledAt ? newest : sample),
      undefined,
    );
}
