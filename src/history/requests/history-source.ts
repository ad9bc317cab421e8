import type { KeyScope } from '../../config/api-keys/api-keys.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import type { ContainerFilter } from '../../stats/selection/container-filter.js';
import type { HistoryRequest } from './history-request.js';
import type { SeriesSelection } from '../series/container-series.js';

/** What a request selects. The figures are read later, when it is the turn of the request. */
export interface OpenHistory {
  /** Is the same for all requests of a key that get the same bytes from the same samples. */
  readonly id: string;
  /** The newest sample, if the history consists of samples: a response can be cached until there is another one. */
  readonly latest: StatsSample | undefined;
  readonly read: (slices: TimeSlices) => Promise<SeriesSelection>;
}

/** One container: by name, id or id prefix, and perhaps on hosts that patterns select. */
export interface ContainerReference {
  readonly reference: string;
  readonly hosts: readonly string[] | undefined;
}

/** Has the figures of the past. */
export abstract class HistorySource {
  /** The memory that cached responses may use, in bytes per sample. */
  abstract readonly maxCachedBytes: number;

  /**
   * Selects all containers that a filter selects and the key may see.
   *
   * @throws {HttpException} if the filter selects a host that does not exist
   */
  abstract openList(key: KeyScope, filter: ContainerFilter, request: HistoryRequest): Promise<OpenHistory>;

  /**
   * Selects one container, which may have ended.
   *
   * @throws {HttpException} if there is none, or if the reference is ambiguous
   */
  abstract openOne(
    key: KeyScope,
    container: ContainerReference,
    request: HistoryRequest,
  ): Promise<OpenHistory>;
}
