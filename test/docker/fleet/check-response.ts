import type { BasicContainerStats, ErrorBody, FullStats } from 'docker-stats-client';
import type { TimedResponse } from '../../support/http/steady-load.js';
import { MAX_AGE_MS } from './fleet-service.js';
import type { HeldFigures, ScrapedHost } from './scraped-host.js';

/** Allows for a response that takes long on a busy machine. */
const LATE_MS = 3000;

/** No response takes longer: the queries have a deadline of 2 s. */
const MAX_RESPONSE_MS = 10_000;

/**
 * Returns what is wrong with a response to `GET /stats`, in either view; `undefined` if it is correct: figures that their host
 * had lately, or an error of the storage.
 */
export function findResponseProblem(
  response: TimedResponse,
  hosts: readonly ScrapedHost[],
): string | undefined {
  const { path, status, body, sentAt, receivedAt } = response;
  if (receivedAt - sentAt > MAX_RESPONSE_MS) return `took ${receivedAt - sentAt} ms`;
  if (status === 500) {
    const { code } = JSON.parse(body) as ErrorBody;
    return /^prometheus_(?:unreachable|timeout|failed)$/.test(code) ? undefined : body;
  }
  if (status !== 200) return `status ${status}: ${body}`;
  const json = JSON.parse(body) as FullStats | BasicContainerStats[];
  const stats = Array.isArray(json) ? undefined : json;
  const containers = stats?.containers ?? (json as BasicContainerStats[]);
  if (containers.length === 0) return `${path}: no containers`;
  const names = new Set(hosts.map(({ name }) => name));
  const foreign = containers.find(({ host = '' }) => !names.has(host));
  if (foreign !== undefined) return `no such host: ${foreign.host}`;
  return hosts
    .map((host) => {
      const own = containers.filter((container) => container.host === host.name);
      return findHostProblem(host, own, stats, response);
    })
    .find((problem) => problem !== undefined);
}

function findHostProblem(
  { name, figures }: ScrapedHost,
  containers: readonly BasicContainerStats[],
  stats: FullStats | undefined,
  { headers, sentAt, receivedAt }: TimedResponse,
): string | undefined {
  const isSkipped = String(headers['x-skipped-hosts'] ?? '')
    .split(', ')
    .includes(name);
  if (isSkipped !== (containers.length === 0)) return `${name} has ${containers.length} containers`;
  if (isSkipped) return undefined;
  const held = figures.filter((one) => hasFigures(one, containers));
  if (held.length === 0) return `${name} never had ${JSON.stringify(containers)}`;
  const youngest = Math.max(...held.map(({ until }) => until));
  if (sentAt - youngest > MAX_AGE_MS + LATE_MS) return `${name} has figures of ${sentAt - youngest} ms ago`;
  if (stats === undefined) return undefined;
  const sample = stats.hosts?.find((host) => host.name === name);
  const scrapedAt = Date.parse(sample?.sampledAt ?? '');
  if ((sample?.ageMs ?? Infinity) > MAX_AGE_MS) return `${name} is ${sample?.ageMs} ms old`;
  if (receivedAt - scrapedAt < (sample?.ageMs ?? NaN) - LATE_MS) return `${name} is younger than its age`;
  const isTimely = held.some(({ from, until }) => scrapedAt > from - LATE_MS && scrapedAt < until + LATE_MS);
  return isTimely ? undefined : `${name} did not have these figures at ${sample?.sampledAt}`;
}

function hasFigures({ containers }: HeldFigures, found: readonly BasicContainerStats[]): boolean {
  return (
    containers.length === found.length &&
    containers.every(({ name, cpuUsage, memoryUsage }, n) => {
      const other = found[n];
      const memoryError = Math.abs((memoryUsage ?? NaN) - (other?.memoryUsage ?? NaN));
      return name === other?.name && cpuUsage === other.cpuUsage && memoryError <= 1e-6;
    })
  );
}
