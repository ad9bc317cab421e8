import type { ContainerStats, FullStats, SkippedRow } from 'docker-stats-client';

/** A container with these values. Its id is its name. */
export function createContainer(values: Partial<ContainerStats> & { readonly name: string }): ContainerStats {
  return {
    id: values.name,
    image: null,
    project: null,
    service: null,
    state: 'running',
    health: null,
    createdAt: null,
    cpuUsage: 0,
    memoryUsage: null,
    memoryLimit: null,
    memoryPercent: null,
    networkReceived: null,
    networkSent: null,
    blockRead: null,
    blockWritten: null,
    pids: null,
    ...values,
  };
}

export function createStats(
  containers: readonly ContainerStats[],
  skipped: readonly SkippedRow[] = [],
): FullStats {
  return { sampledAt: '2026-11-28T12:00:00.000Z', ageMs: 0, durationMs: 1500, containers, skipped };
}
