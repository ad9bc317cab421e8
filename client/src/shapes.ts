import type { BasicContainerStats, ContainerStats, FullStats } from './wire-types.js';

/** Whether a value looks like what was asked for; not more than another program's answer would fail. */
export type Shape<T> = (value: unknown) => value is T;

/** The plain view. */
export const isBasicStats: Shape<BasicContainerStats[]> = (value) =>
  Array.isArray(value) && value.every(isBasicContainer);

/** One container, with every figure. */
export const isContainer: Shape<ContainerStats> = (value): value is ContainerStats =>
  isBasicContainer(value) && 'id' in value && typeof value.id === 'string';

/** The full view. */
export const isFullStats: Shape<FullStats> = (value): value is FullStats => {
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
