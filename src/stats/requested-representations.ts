import { Injectable } from '@nestjs/common';
import { ApiKeyStore } from '../auth/api-key-store.js';
import type { ApiKey } from '../config/api-keys.js';
import { BytesInUse } from './bytes-in-use.js';
import type { Representation } from './representation.js';
import { SampleScopes } from './sample-scopes.js';
import type { StatsFormat } from './stats-format.js';
import { isShared, listId, StatsRepresentations, type StatsSelection } from './stats-representations.js';
import type { StatsSample } from './stats-sample.js';
import { StatsSampler } from './stats-sampler.js';
import { MAX_WAITING, WorkQueue } from './work-queue.js';

interface ListRequest {
  readonly selection: StatsSelection;
  readonly format: StatsFormat;
  readonly maxWaiting: number;
}

/** Gives requests the representations that they ask for. */
@Injectable()
export class RequestedRepresentations {
  constructor(
    private readonly representations: StatsRepresentations,
    private readonly queue: WorkQueue,
    private readonly bytesInUse: BytesInUse,
    private readonly scopes: SampleScopes,
    private readonly sampler: StatsSampler,
    private readonly apiKeys: ApiKeyStore,
  ) {}

  /**
   * The list that a request asks for. What is not shared by all waits its turn among what the API key asks for, and is made
   * of the sample that is the latest by then.
   *
   * @param sample what the key may see of the sample
   * @throws {HttpException} when the key has too much under way, or is no longer valid
   */
  list(
    key: ApiKey,
    sample: StatsSample,
    selection: StatsSelection,
    format: StatsFormat,
  ): Promise<Representation> {
    return this.#list(key, sample, { selection, format, maxWaiting: MAX_WAITING });
  }

  /** The same for a stream; their number is bounded, and each asks for one list at a time. */
  listForStream(key: ApiKey, sample: StatsSample, selection: StatsSelection): Promise<Representation> {
    return this.#list(key, sample, { selection, format: 'json', maxWaiting: Infinity });
  }

  #list(
    key: ApiKey,
    sample: StatsSample,
    { selection, format, maxWaiting }: ListRequest,
  ): Promise<Representation> {
    const made = this.representations.find(sample, selection, format);
    if (made !== undefined) return made;
    if (isShared(sample, selection)) return this.representations.list(sample, selection, format);
    this.bytesInUse.check(key);
    return this.queue.run(key.name, listId(selection, format), maxWaiting, async () => {
      this.apiKeys.assertValid(key);
      const latest = await this.scopes.seenBy(key, this.sampler.latest ?? sample);
      return this.representations.list(latest, selection, format);
    });
  }
}
