import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { KeyWork } from '../limits/key-work.js';
import type { Representation } from '../formats/representation.js';
import type { StatsFormat } from '../formats/stats-format.js';
import {
  isShared,
  listId,
  StatsRepresentations,
  type StatsSelection,
} from '../formats/stats-representations.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import type { JobKind } from '../limits/work-queue.js';

/** Gives requests and streams the lists that they ask for. */
@Injectable()
export class RequestedRepresentations {
  constructor(
    private readonly representations: StatsRepresentations,
    private readonly keyWork: KeyWork,
  ) {}

  /**
   * The list that a request asks for.
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
    const kind = selection.name === undefined ? 'plain' : 'selection';
    return this.#list(key, sample, selection, { format, kind });
  }

  /** The list for the next event of a stream, in the same way. */
  listForStream(key: ApiKey, sample: StatsSample, selection: StatsSelection): Promise<Representation> {
    return this.#list(key, sample, selection, { format: 'json', kind: 'stream' });
  }

  #list(
    key: ApiKey,
    sample: StatsSample,
    selection: StatsSelection,
    { format, kind }: { readonly format: StatsFormat; readonly kind: JobKind },
  ): Promise<Representation> {
    const made = this.representations.find(sample, selection, format);
    if (made !== undefined) return made;
    if (isShared(sample, selection)) return this.representations.list(sample, selection, format);
    return this.keyWork.run(key, kind, listId(selection, format), (seen) =>
      this.representations.list(seen, selection, format),
    );
  }
}
