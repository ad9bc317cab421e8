import type { BasicContainerStats, ContainerStats } from 'docker-stats-client';

/** The three fields of the original service. */
export function basicView({ name, cpuUsage, memoryUsage }: ContainerStats): BasicContainerStats {
  return { name, cpuUsage, memoryUsage };
}
