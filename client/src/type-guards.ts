import type { BasicContainerStats, ContainerStats, FullStats } from './wire-types.js';

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

function isBasicContainer(value: unknown): value is BasicContainerStats {
  const { name, cpuUsage } = (value ?? {}) as Partial<Record<keyof BasicContainerStats, unknown>>;
  return typeof name === 'string' && typeof cpuUsage === 'number';
}
