import { setTimeout as delay } from 'node:timers/promises';
import type { FullStats } from 'docker-stats-client';
import { readSettings } from '../../src/config/read-settings.js';
import { createFakeHosts } from '../support/docker/fake-hosts.js';
import { readDescendants } from '../support/processes/processes.js';
import { readCpuSeconds } from './measure/cpu-time.js';
import { measureMs } from './measure/rounds.js';
import { KEY, Server } from './measure/server.js';
import { type Goal, median } from './report/figures.js';
import { type ScenarioRecord, scenario } from './report/scenario.js';

const CONTAINERS = 50;
const MANY = 50;
const ROUNDS = 3;
const WARM_REQUESTS = 20;
const { DOCKER_CONCURRENCY: DEFAULT_CONCURRENCY } = readSettings({});
const CONCURRENCIES = [16, 32, 50];
const WINDOWS = 3;
const WINDOW_MS = 5000;
/** The pause between two requests of a client. */
const PAUSE_MS = 500;

scenario('several hosts: the first response and warm ones', async (record) => {
  for (const hosts of [1, 3, MANY]) {
    const first: number[] = [];
    const warm: number[] = [];
    const withFigures: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const service = await Server.start(await createFakeHosts(hosts, CONTAINERS));
      first.push(await measureMs(async () => withFigures.push(await countHostsWithFigures(service))));
      warm.push(await measureWarm(service));
      await service.stop();
    }
    record.addMedian(`hosts: ${hosts}, first response`, 'ms', first);
    record.addValue(`hosts: ${hosts}, with figures in it`, '', Math.min(...withFigures), { exactly: hosts });
    record.addMedian(`hosts: ${hosts}, warm response`, 'ms', warm);
  }
});

for (const concurrency of CONCURRENCIES) {
  scenario(`several hosts: ${MANY} of them, DOCKER_CONCURRENCY=${concurrency}`, async (record) => {
    const hosts = await createFakeHosts(MANY, CONTAINERS);
    const service = await Server.start({ ...hosts, DOCKER_CONCURRENCY: String(concurrency) });
    const { residentKb: emptyKb } = await service.probe(() => delay(0));
    let withFigures = 0;
    const firstMs = await measureMs(async () => (withFigures = await countHostsWithFigures(service)));
    record.addValue('first response', 'ms', firstMs);
    record.addValue('hosts with figures in it', '', withFigures);
    await Server.startStreamReaders(`${await service.waitForUrl()}/stats/stream`, 1);
    await delay(WINDOW_MS);
    const goal = concurrency === DEFAULT_CONCURRENCY ? { atMost: 50 } : undefined;
    await measureWindows(service, record, { emptyKb, goal });
  });
}

/** Measures the service while a client reads the stream and another one polls. */
async function measureWindows(
  service: Server,
  record: ScenarioRecord,
  { emptyKb, goal }: { readonly emptyKb: number; readonly goal: Goal | undefined },
): Promise<void> {
  const longest: number[] = [];
  const residentKb: number[] = [];
  const latencies: number[] = [];
  const processes: number[] = [];
  const withFigures: number[] = [];
  const cpuPercent: number[] = [];
  for (let window = 0; window < WINDOWS; window++) {
    const cpuBefore = readCpuSeconds(service.pid);
    const probed = await service.probe(async () => {
      const startedAt = performance.now();
      while (performance.now() < startedAt + WINDOW_MS) {
        latencies.push(await measureMs(async () => withFigures.push(await countHostsWithFigures(service))));
        processes.push(readDescendants(service.pid).filter(({ name }) => name === 'shell-docker').length);
        await delay(PAUSE_MS);
      }
    });
    cpuPercent.push(((readCpuSeconds(service.pid) - cpuBefore) * 100_000) / WINDOW_MS);
    longest.push(probed.eventLoopDelay.max);
    residentKb.push(probed.residentKb - emptyKb);
  }
  record.addMedian('longest event loop delay in 5 s', 'ms', longest, goal);
  record.addValue('longest event loop delay, worst', 'ms', Math.max(...longest));
  record.addValue('hosts with figures in a response, at least', '', Math.min(...withFigures));
  record.addMedian('response, full view', 'ms', latencies);
  record.addValue('docker processes at once, at most', '', Math.max(...processes));
  record.addMedian('resident memory per host', 'KB', divideByHosts(residentKb));
  record.addMedian('CPU of the service per host, of a core', '%', divideByHosts(cpuPercent));
}

function divideByHosts(values: readonly number[]): number[] {
  return values.map((value) => value / MANY);
}

async function measureWarm(service: Server): Promise<number> {
  const latencies: number[] = [];
  for (let n = 0; n < WARM_REQUESTS; n++) latencies.push(await measureMs(() => service.getStats()));
  return median(latencies);
}

/** Sends `GET /stats?view=full`. */
async function countHostsWithFigures(service: Server): Promise<number> {
  const response = await fetch(`${await service.waitForUrl()}/stats?view=full`, {
    headers: { 'X-API-Key': KEY },
  });
  if (response.status !== 200) throw new Error(`GET /stats returned ${response.status}`);
  const { hosts = [] } = (await response.json()) as FullStats;
  return hosts.filter(({ error }) => error === null).length;
}
