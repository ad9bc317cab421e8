import type { BasicContainerStats, ContainerStats, FullStats } from 'docker-stats-client';
import type { TimedResponse } from '../../support/http/steady-load.js';
import { BUSY_PERCENT, CONTAINERS, HOSTS } from './real-hosts.js';

/** The oldest sample that the service may return, with some tolerance. */
const MAX_AGE_MS = 5100;

/** Returns what is wrong with a response to `GET /stats`, in either view; `undefined` if it is correct. */
export function findResponseProblem({ path, status, body, headers }: TimedResponse): string | undefined {
  if (status !== 200) return `status ${status}: ${body}`;
  const skipped = String(headers['x-skipped-hosts'] ?? '').split(', ');
  if (path === '/stats') return findForeign(JSON.parse(body) as BasicContainerStats[], skipped);
  const stats = JSON.parse(body) as FullStats;
  return (
    findForeign(stats.containers, skipped) ??
    findHostProblem(stats, skipped) ??
    stats.containers.map(findFigureProblem).find((text) => text !== undefined)
  );
}

/** Returns the time of the sample of each host in a response to `GET /stats?view=full`. */
export function readSampleTimes({ body }: TimedResponse): ReadonlyMap<string, number> {
  const { hosts = [] } = JSON.parse(body) as FullStats;
  return new Map(
    hosts.flatMap(({ name, sampledAt }) => (sampledAt === null ? [] : [[name, Date.parse(sampledAt)]])),
  );
}

/** Finds a container that is not on its host, or whose host gave no figures. */
function findForeign(
  containers: readonly BasicContainerStats[],
  skipped: readonly string[],
): string | undefined {
  const foreign = containers.find(
    ({ host = '', name }) => !CONTAINERS.includes(`${host} ${name}`) || skipped.includes(host),
  );
  return foreign && `${foreign.host} ${foreign.name} should not be there`;
}

/** Checks that each host has either fresh figures of both of its containers, or an error. */
function findHostProblem(
  { hosts = [], containers, skipped }: FullStats,
  skippedHosts: readonly string[],
): string | undefined {
  if (hosts.map(({ name }) => name).join() !== HOSTS.join()) return 'other hosts';
  return hosts
    .map(({ name, ageMs, error }) => {
      const isSkipped = skippedHosts.includes(name);
      if (isSkipped !== (error !== null) || isSkipped !== (ageMs === null))
        return `${name} has no clear state`;
      if ((ageMs ?? 0) > MAX_AGE_MS) return `${name} is ${ageMs} ms old`;
      const rows = [...containers, ...skipped].filter(({ host }) => host === name);
      return rows.length === (isSkipped ? 1 : 2) ? undefined : `${name} has ${rows.length} rows`;
    })
    .find((text) => text !== undefined);
}

/** Checks that the CPU usage is not that of another host. `busy` gets less than its share while the machine is busy. */
function findFigureProblem({ host = '', name, cpuUsage }: ContainerStats): string | undefined {
  const share = name === 'busy' ? (BUSY_PERCENT[host] ?? NaN) : 0;
  const isPlausible = cpuUsage >= share / 20 && cpuUsage < share * 1.5 + 2;
  return isPlausible ? undefined : `${host} ${name} uses ${cpuUsage} %`;
}
