import type { ContainerHistory, ContainerStats, FullStats, History, HostsHistory } from 'docker-stats-client';

/** What one Docker host gave. */
export interface HostFigures {
  /** `''` if the service has only one, without a name. */
  readonly host: string;
  readonly sampledAt: string;
  readonly containers: readonly ContainerStats[];
}

/** What the service has kept of one Docker host. */
export interface HostHistory {
  readonly host: string;
  readonly sampledAt: readonly string[];
  readonly containers: readonly ContainerHistory[];
}

/** Returns the figures of each Docker host that has some: each host is sampled at its own times. */
export function splitByHost({ sampledAt, containers, hosts }: FullStats): HostFigures[] {
  if (hosts === undefined) return [{ host: '', sampledAt, containers }];
  return hosts.flatMap(({ name, sampledAt: at }) =>
    at === null
      ? []
      : { host: name, sampledAt: at, containers: containers.filter(({ host }) => host === name) },
  );
}

/** Returns the history of each Docker host, as {@link splitByHost}. */
export function splitHistory({ sampledAt = [], hosts, containers }: History | HostsHistory): HostHistory[] {
  if (hosts === undefined) return [{ host: '', sampledAt, containers }];
  return hosts.map(({ name, sampledAt: times }) => ({
    host: name,
    sampledAt: times,
    containers: containers.filter(({ host }) => host === name),
  }));
}

/** Gives a sample the time and the age of its newest host instead of the oldest: one slow host does not make all figures old. */
export function dateByNewestHost(stats: FullStats): FullStats {
  const [newest] = (stats.hosts ?? [])
    .flatMap(({ sampledAt, ageMs }) => (sampledAt === null || ageMs === null ? [] : { sampledAt, ageMs }))
    .toSorted((a, b) => a.ageMs - b.ageMs);
  return { ...stats, ...newest };
}

/** Whether there is something to tell the hosts apart for. */
export function hasSeveralHosts({ hosts = [] }: FullStats): boolean {
  return hosts.length > 1;
}
