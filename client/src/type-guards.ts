import type { History, HistorySummary, HostsHistory } from './history-types.js';
import type {
  BasicContainerStats,
  ContainerStats,
  FullStats,
  HostStatus,
  ProjectStats,
} from './wire-types.js';

/**
 * Whether a value has the expected form. Checks only enough fields to detect the response of another program, so that a later
 * version of the service may add fields.
 */
export type TypeGuard<T> = (value: unknown) => value is T;

/** Accepts the plain view. */
export const isBasicStats: TypeGuard<BasicContainerStats[]> = (value) =>
  Array.isArray(value) && value.every(isBasicContainer);

/** Accepts one container with all its values. */
export const isContainer: TypeGuard<ContainerStats> = (value): value is ContainerStats =>
  isBasicContainer(value) && 'id' in value && typeof value.id === 'string';

/** Accepts sums of projects. */
export const isProjects: TypeGuard<ProjectStats[]> = (value): value is ProjectStats[] =>
  Array.isArray(value) &&
  value.every((one: unknown) => {
    const { project, containers } = (one ?? {}) as Partial<Record<keyof ProjectStats, unknown>>;
    return (project === null || typeof project === 'string') && typeof containers === 'number';
  });

/** Accepts the states of Docker hosts. */
export const isHosts: TypeGuard<HostStatus[]> = (value): value is HostStatus[] =>
  Array.isArray(value) &&
  value.every((one: unknown) => {
    const { name, state } = (one ?? {}) as Partial<Record<keyof HostStatus, unknown>>;
    return typeof name === 'string' && typeof state === 'string';
  });

/** Accepts the full view. */
export const isFullStats: TypeGuard<FullStats> = (value): value is FullStats => {
  const { sampledAt, ageMs, containers, skipped } = (value ?? {}) as Partial<
    Record<keyof FullStats, unknown>
  >;
  return (
    typeof sampledAt === 'string' &&
    typeof ageMs === 'number' &&
    Array.isArray(containers) &&
    containers.every(isContainer) &&
    Array.isArray(skipped)
  );
};

/** Accepts columns of samples or steps. */
export const isHistory: TypeGuard<History | HostsHistory> = (value): value is History | HostsHistory => {
  const { sampledAt, hosts, containers } = (value ?? {}) as Partial<
    Record<keyof (History & HostsHistory), unknown>
  >;
  return Array.isArray(sampledAt ?? hosts) && Array.isArray(containers) && containers.every(isNamed);
};

/** Accepts a summary of the history. */
export const isHistorySummary: TypeGuard<HistorySummary> = (value): value is HistorySummary => {
  const { samples, containers } = (value ?? {}) as Partial<Record<keyof HistorySummary, unknown>>;
  return typeof samples === 'number' && Array.isArray(containers) && containers.every(isNamed);
};

function isNamed(value: unknown): boolean {
  const { id, name } = (value ?? {}) as Partial<Record<keyof ContainerStats, unknown>>;
  return typeof id === 'string' && typeof name === 'string';
}

function isBasicContainer(value: unknown): value is BasicContainerStats {
  const { name, cpuUsage } = (value ?? {}) as Partial<Record<keyof BasicContainerStats, unknown>>;
  return typeof name === 'string' && typeof cpuUsage === 'number';
}
