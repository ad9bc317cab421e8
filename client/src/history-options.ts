import type { HistoryField } from './history-types.js';
import type { Arrangement, HostOption, RequestOptions, Selection } from './stats-client-options.js';

/** A time: a `Date`, ISO 8601 with a zone, a duration such as `5m` (that long ago), or a number of seconds ago. */
export type HistoryTime = Date | string | number;

/** What both methods return of a container. */
export interface HistoryWindowOptions extends Pick<RequestOptions, 'signal' | 'timeoutMs'> {
  /** Start of the window. Default: the oldest kept sample. */
  readonly since?: HistoryTime | undefined;
  /** End of the window. Default: now. */
  readonly until?: HistoryTime | undefined;
  /** Default: `cpuUsage` and `memoryUsage`. */
  readonly fields?: readonly HistoryField[] | undefined;
  /** Divides the window into so many steps, 2 to 10,000. Each field gets two more columns: its minimum and maximum. */
  readonly points?: number | undefined;
  /** Minimum, average, maximum and 95th percentile instead of columns. Not with `points`. */
  readonly view?: 'summary' | undefined;
}

/** What `containerHistory()` returns of the container. */
export interface ContainerHistoryOptions extends HistoryWindowOptions, HostOption {}

/** The fields by which `history()` sorts: a figure by its average over the window, a total by its last value. */
export type HistorySortField = 'name' | 'project' | 'service' | 'image' | HistoryField;

/** What `history()` returns, of which containers, in which order. */
export interface HistoryOptions extends HistoryWindowOptions, Selection, Arrangement<HistorySortField> {}

/** Selects the summary. */
export interface SummaryView {
  readonly view: 'summary';
  readonly points?: undefined;
}

/** Selects columns of steps. */
export interface PointsView {
  readonly view?: undefined;
  readonly points: number;
}

/** Selects columns of samples. */
export interface SamplesView {
  readonly view?: undefined;
  readonly points?: undefined;
}
