/** The typed client of docker-stats-api. */
export type {
  ContainerHistoryOptions,
  HistoryOptions,
  HistorySortField,
  HistoryWindowOptions,
  HistoryTime,
} from './history-options.js';
export type {
  ContainerHistory,
  ContainerPoints,
  ContainerSummary,
  CounterFigure,
  FieldSummary,
  Figure,
  History,
  HistoryColumn,
  HistoryField,
  HistoryPoints,
  HistorySummary,
  HostsHistory,
  HostTimes,
  RateField,
} from './history-types.js';
export type { HostReadiness, Readiness } from './readiness.js';
export { StatsClient } from './stats-client.js';
export { type ClientErrorCode, StatsClientError } from './stats-client.error.js';
export type {
  Arrangement,
  ContainerOptions,
  HostOption,
  HostsOptions,
  ProjectsOptions,
  RequestOptions,
  Selection,
  StatsClientOptions,
  StatsOptions,
  WatchOptions,
} from './stats-client-options.js';
export type { StatsWatch } from './stream/stats-watch.js';
export type {
  BasicContainerStats,
  ContainerHealth,
  ContainerState,
  ContainerStats,
  DockerErrorCode,
  HostErrorCode,
  PrometheusErrorCode,
  SourceErrorCode,
  ErrorBody,
  ErrorCode,
  FullStats,
  HostError,
  HostSample,
  HostStatus,
  ProjectStats,
  SkippedHost,
  SkippedRow,
  SkipReason,
} from './wire-types.js';
