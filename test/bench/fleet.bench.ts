import { setTimeout as delay } from 'node:timers/promises';
import { createContainerQueries } from '../../src/prometheus/queries/container-rows.js';
import { readPeakResidentMb, readResidentMb } from '../support/processes/processes.js';
import type { PrometheusServer } from '../support/prometheus/prometheus-server.js';
import { startFleet } from './measure/fleet.js';
import { measureMs } from './measure/rounds.js';
import { KEY, Server } from './measure/server.js';
import { type Goal, median } from './report/figures.js';
import { type ScenarioRecord, scenario } from './report/scenario.js';

const CONTAINERS = 100;
const HOST_COUNTS = [100, 500];
/** The goals are for 10,000 containers. */
const HOST_COUNT_WITH_GOALS = 100;
const ROUNDS = 5;
const WARM_REQUESTS = 20;
const BYTES_PER_MB = 1e6;

/** What the clients of a fleet ask for. The first two have goals: for a cold response and a warm one. */
const PATHS = {
  'all hosts': '/stats',
  'one host': '/stats?host=web1',
  'all hosts, full view': '/stats?view=full',
  'list of hosts': '/hosts',
  'history of a container': '/hosts/web1/containers/web-1/stats/history',
} as const;

type What = keyof typeof PATHS;

const GOALS: Partial<Record<What, { readonly cold: Goal; readonly warm: Goal }>> = {
  'all hosts': { cold: { atMost: 1000 }, warm: { atMost: 50 } },
  'one host': { cold: { atMost: 50 }, warm: { atMost: 50 } },
};

for (const hosts of HOST_COUNTS) {
  scenario(`fleet: ${hosts} hosts with ${CONTAINERS} containers each`, async (record) => {
    const hasGoals = hosts === HOST_COUNT_WITH_GOALS;
    const prometheus = await startFleet(hosts, CONTAINERS);
    const service = await Server.start({
      STATS_SOURCE: 'prometheus',
      PROMETHEUS_URL: prometheus.url,
      PROMETHEUS_TIMEOUT_MS: '60000', // the full view of 50,000 containers takes longer than the default
    });
    const emptyMb = readResidentMb(service.pid);
    record.addValue('all hosts, first response', 'ms', (await get(service, '/stats')).ms);
    await measureQueries(prometheus, record);
    for (const [what, path] of Object.entries(PATHS))
      await measurePath(service, { what, path, goals: hasGoals ? GOALS[what as What] : undefined }, record);
    for (const what of ['all hosts', 'all hosts, full view'] as const)
      await measureLoop(service, what, record, hasGoals ? { atMost: 50 } : undefined);
    record.addValue('memory of Prometheus, at most', 'MB', readPeakResidentMb(prometheus.pid));
    record.addValue('memory of the service, at the start', 'MB', emptyMb);
    record.addValue('memory of the service, at most', 'MB', readPeakResidentMb(service.pid));
  });
}

/** Measures what the storage itself needs for each query of the containers. */
async function measureQueries(prometheus: PrometheusServer, record: ScenarioRecord): Promise<void> {
  const queries = [...createContainerQueries([], true), ...createContainerQueries([])];
  for (const [n, query] of queries.entries()) {
    const what = n === 0 ? 'query of the basic view' : `query ${n} of the full view`;
    const results: { readonly ms: number; readonly bytes: number }[] = [];
    for (let round = 0; round < ROUNDS; round++)
      results.push(await fetchAll(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`));
    record.addValue(`${what}, Prometheus alone, best`, 'ms', Math.min(...results.map(({ ms }) => ms)));
    record.addValue(`${what}, size`, 'MB', (results[0]?.bytes ?? NaN) / BYTES_PER_MB);
  }
}

async function measurePath(
  service: Server,
  request: {
    readonly what: string;
    readonly path: string;
    readonly goals: { readonly cold: Goal; readonly warm: Goal } | undefined;
  },
  record: ScenarioRecord,
): Promise<void> {
  const { what, path, goals } = request;
  const [cold, warm]: [number[], number[]] = [[], []];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const response = await get(service, path, { 'Cache-Control': 'no-cache' });
    cold.push(response.ms);
    ({ bytes } = response);
  }
  for (let n = 0; n < WARM_REQUESTS; n++) warm.push((await get(service, path)).ms);
  record.addValue(`${what}, cold, best`, 'ms', Math.min(...cold), goals?.cold);
  record.addValue(`${what}, cold, median`, 'ms', median(cold));
  record.addMedian(`${what}, warm`, 'ms', warm, goals?.warm);
  record.addValue(`${what}, size`, 'MB', bytes / BYTES_PER_MB);
}

/** Measures how long samples of all hosts hold the event loop. */
async function measureLoop(
  service: Server,
  what: What,
  record: ScenarioRecord,
  goal: Goal | undefined,
): Promise<void> {
  const longest: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { eventLoopDelay } = await service.probe(() =>
      get(service, PATHS[what], { 'Cache-Control': 'no-cache' }),
    );
    longest.push(eventLoopDelay.max);
    await delay(0);
  }
  record.addValue(`${what}, longest hold of the event loop, best`, 'ms', Math.min(...longest));
  record.addMedian(`${what}, longest hold of the event loop, median`, 'ms', longest, goal);
}

async function get(
  service: Server,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ readonly ms: number; readonly bytes: number }> {
  return fetchAll(`${await service.waitForUrl()}${path}`, { 'X-API-Key': KEY, ...headers });
}

async function fetchAll(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ readonly ms: number; readonly bytes: number }> {
  let bytes = 0;
  const ms = await measureMs(async () => {
    const response = await fetch(url, { headers });
    if (response.status !== 200) throw new Error(`${url} returned ${response.status}`);
    bytes = (await response.arrayBuffer()).byteLength;
  });
  return { ms, bytes };
}
