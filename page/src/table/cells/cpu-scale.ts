import type { FullStats } from 'docker-stats-client';

/** The CPU in % of a whole bar: one core, or as many cores as the busiest container uses. */
export function chooseCpuScale({ containers }: FullStats): number {
  const highest = containers.reduce((max, { cpuUsage }) => Math.max(max, cpuUsage), 0);
  return Math.max(Math.ceil(highest / 100), 1) * 100;
}
