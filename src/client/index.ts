/** The typed client for other services: the package's `./client` export. */
export type { ErrorBody, ErrorCode } from '../http/errors/error-code.js';
export type { ContainerStats, SkippedRow, SkipReason } from '../sampling/stats-sample.js';
export type { BasicContainerStats, FullStats } from '../stats/formats/stats-views.js';
export type { Readiness } from './readiness.js';
export { StatsClient } from './stats-client.js';
export { type ClientErrorCode, StatsClientError } from './stats-client.error.js';
export type { RequestOptions, Selection, StatsClientOptions, WatchOptions } from './stats-client-options.js';
export type { StatsWatch } from './stats-watch.js';
