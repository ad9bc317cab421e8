import type { ContainerStats, ProjectStats } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { sortBy } from '../selection/sort.js';

/** The fields of {@link ProjectStats}, in the order of the JSON. */
export const PROJECT_FIELDS = [
  'project',
  'containers',
  'cpuUsage',
  'memoryUsage',
] as const satisfies readonly (keyof ProjectStats)[];

/** Adds up the containers of each project, sorted by project. The containers without a project are last. */
export async function sumByProject(
  containers: readonly ContainerStats[],
  slices: TimeSlices,
): Promise<readonly ProjectStats[]> {
  const sums = new Map<string | null, ProjectStats>();
  await slices.forEach(containers, ({ project, cpuUsage, memoryUsage }) => {
    const sum = sums.get(project) ?? { project, containers: 0, cpuUsage: 0, memoryUsage: 0 };
    const memory = sum.memoryUsage === null || memoryUsage === null ? null : sum.memoryUsage + memoryUsage;
    sums.set(project, {
      project,
      containers: sum.containers + 1,
      cpuUsage: round(sum.cpuUsage + cpuUsage),
      memoryUsage: memory === null ? null : round(memory),
    });
  });
  return sortBy([...sums.values()], 'project', slices);
}

/** Removes the noise of adding binary fractions: 0.3, not 0.30000000000000004. */
function round(sum: number): number {
  return Number(sum.toPrecision(12));
}
