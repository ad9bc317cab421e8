import type { FullStats, HostSample } from 'docker-stats-client';
import { type ConnectionText, formatAge, formatReason } from '../../app/status/describe-connection.js';
import { isOverdue } from '../../live/freshness.js';

/** The state of a Docker host in words. */
export interface HostText extends Pick<ConnectionText, 'kind'> {
  readonly name: string;
  /** A few words. */
  readonly state: string;
  /** A sentence. */
  readonly detail: string;
}

/** What needs attention is first. */
const KINDS: readonly HostText['kind'][] = ['bad', 'waiting', 'good'];

/** Describes the Docker hosts at the time when the service sent the sample. */
export function describeHosts(stats: FullStats, getUsualIntervalMs: (host: string) => number): HostText[] {
  const counts = new Map<string, number>();
  for (const { host = '' } of stats.containers) counts.set(host, (counts.get(host) ?? 0) + 1);
  const nowMs = Date.parse(stats.sampledAt) + stats.ageMs;
  const texts = stats.hosts?.map((host) => ({
    name: host.name,
    ...describeHost(host, counts.get(host.name) ?? 0, getUsualIntervalMs(host.name), nowMs),
  }));
  return (texts ?? []).toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

function describeHost(
  { ageMs, error }: HostSample,
  containers: number,
  usualIntervalMs: number,
  nowMs: number,
): Omit<HostText, 'name'> {
  if (error !== null) {
    const since = Date.parse(error.since);
    const detail = formatReason({ since, message: error.message });
    return { kind: 'bad', state: `down ${formatAge(nowMs - since)}`, detail };
  }
  const detail = `${containers} containers.`;
  const age = ageMs ?? 0;
  return isOverdue(age, usualIntervalMs)
    ? { kind: 'waiting', state: `${formatAge(age)} old`, detail }
    : { kind: 'good', state: `${containers} running`, detail };
}
