/** The typed client of docker-stats-api. */
export type { Readiness } from './readiness.js';
export { StatsClient } from './stats-client.js';
export { type ClientErrorCode, StatsClientError } from './stats-client.error.js';
export type { RequestOptions, Selection, StatsClientOptions, WatchOptions } from './stats-client-options.js';
export type { StatsWatch } from './stream/stats-watch.js';
export type {
  BasicContainerStats,
  ContainerHealth,
  ContainerState,
  ContainerStats,
  DockerErrorCode,
  ErrorBody,
  ErrorCode,
  FullStats,
  ProjectStats,
  SkippedRow,
  SkipReason,
} from './wire-types.js';
