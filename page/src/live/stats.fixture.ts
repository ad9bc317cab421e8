import type { ContainerStats, FullStats, HostSample, SkippedHost, SkippedRow } from 'docker-stats-client';

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

/** A Docker host without figures since noon. */
export function createSkippedHost(host: string): SkippedHost {
  const since = '2026-11-28T12:00:00.000Z';
  return { host, container: null, id: null, project: null, reason: 'docker_unreachable', since };
}

/** The sample of a Docker host that was taken so many seconds after noon, ten seconds after noon. */
export function createHostSample(name: string, second: number): HostSample {
  const sampledAt = new Date(Date.parse('2026-11-28T12:00:00.000Z') + second * 1000).toISOString();
  return { name, sampledAt, ageMs: 10_000 - second * 1000, error: null };
}
