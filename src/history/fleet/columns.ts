import type { ContainerStats } from 'docker-stats-client';
import type { Point } from '../../prometheus/client/result-parser.js';
import type { Timeline } from '../series/container-series.js';
import type { Collected, CollectedPoints } from './queries/collected-figures.js';
import type { HostPart } from './queries/history-queries.js';

/** Puts the values of points into a column; `NaN` where there is none. */
export function toColumn(
  points: readonly Point[],
  length: number,
  findIndex: (at: number) => number | undefined,
): Float64Array {
  const column = new Float64Array(length).fill(NaN);
  for (const [seconds, value] of points) {
    const index = findIndex(Math.round(seconds * 1000));
    if (index !== undefined) column[index] = Number(value);
  }
  return column;
}

/** Returns the times of the samples of a host in milliseconds, ascending: those when docker was up, and those of containers. */
export function listTimes(up: readonly Point[], containers: readonly CollectedPoints[]): number[] {
  const lists = containers.flatMap((points) => [...points.values()]);
  const times = new Set<number>();
  for (const list of [up.filter(([, value]) => value === '1'), ...lists])
    for (const [seconds] of list) times.add(Math.round(seconds * 1000));
  return [...times].toSorted((a, b) => a - b);
}

/** Returns the last time of all. */
export function findLast(timelines: readonly Timeline[]): Date | undefined {
  return toDate(Math.max(...timelines.map(({ times }) => times.at(-1) ?? -Infinity)));
}

/** Converts milliseconds since the Unix epoch, which are infinite if there is no time. */
export function toDate(ms: number): Date | undefined {
  return Number.isFinite(ms) ? new Date(ms) : undefined;
}

/** Returns what a part says of all hosts: several values of a host whose target got other labels. */
export function listValues(hosts: Collected['hosts'], part: HostPart): readonly number[] {
  return [...hosts.values()].flatMap((points) => (points.get(part) ?? []).map(([, value]) => Number(value)));
}

/** Returns when the last sample of all hosts was taken, in milliseconds since the Unix epoch; infinite if there is none. */
export function findLastTime(hosts: Collected['hosts']): number {
  return Math.round(Math.max(...listValues(hosts, 'last')) * 1000);
}

/** Groups containers that are sorted by host. */
export function groupByHost(containers: readonly ContainerStats[]): ReadonlyMap<string, ContainerStats[]> {
  const groups = new Map<string, ContainerStats[]>();
  for (const container of containers) {
    const group = groups.get(container.host ?? '');
    if (group === undefined) groups.set(container.host ?? '', [container]);
    else group.push(container);
  }
  return groups;
}
