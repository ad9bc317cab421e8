import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { KeyJobRunner } from '../limits/key-job-runner.js';
import type { Representation } from '../formats/representation.js';
import type { StatsFormat } from '../formats/stats-format.js';
import {
  isRestricted,
  isSharedList,
  getListCacheKey,
  StatsRepresentations,
  type StatsSelection,
} from '../formats/stats-representations.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { getSampleNeeds } from './get-sample-needs.js';
import type { JobKind } from '../limits/job-queue.js';

/** Returns the lists for requests and streams: shared ones from the cache, those of one API key through its queue. */
@Injectable()
export class RepresentationService {
  constructor(
    private readonly representations: StatsRepresentations,
    private readonly jobRunner: KeyJobRunner,
  ) {}

  /**
   * Returns the list for a request.
   *
   * @param sample the part of the sample that the key may see
   * @param maxStaleMs how stale the sample may be
   * @throws {HttpException} if the key has too many waiting jobs or unread responses, or is no longer valid
   */
  getList(
    key: ApiKey,
    sample: StatsSample,
    selection: StatsSelection,
    format: StatsFormat,
    maxStaleMs: number,
  ): Promise<Representation> {
    const kind = isRestricted(selection) ? 'selection' : 'plain';
    return this.#list(key, sample, selection, { format, kind, maxStaleMs });
  }

  /** Returns the list for the next event of a stream; parameters and errors as in {@link getList}. */
  getListForStream(key: ApiKey, sample: StatsSample, selection: StatsSelection): Promise<Representation> {
    return this.#list(key, sample, selection, { format: 'json', kind: 'stream', maxStaleMs: 0 });
  }

  #list(
    key: ApiKey,
    sample: StatsSample,
    selection: StatsSelection,
    {
      format,
      kind,
      maxStaleMs,
    }: { readonly format: StatsFormat; readonly kind: JobKind; readonly maxStaleMs: number },
  ): Promise<Representation> {
    const cached = this.representations.find(sample, selection, format);
    if (cached !== undefined) return cached;
    if (isSharedList(sample, selection)) return this.representations.list(sample, selection, format);
    return this.jobRunner.run(
      key,
      kind,
      getListCacheKey(selection, format),
      (visible) => this.representations.list(visible, selection, format),
      { maxStaleMs, ...getSampleNeeds(selection) },
    );
  }
}
