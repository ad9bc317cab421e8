import { setTimeout as delay } from 'node:timers/promises';
import { StandIn } from '../support/stand-in.js';
import { CountedDocker } from './counted-docker.js';
import { medianOf, ratioOf, single } from './figures.js';
import { load } from './load.js';
import { cpuSeconds, residentKb } from './process-figures.js';
import { scenario } from './scenario.js';
import { Server } from './server.js';

/** Of each kind, since one process is no measure of memory. */
const PROCESSES = 3;
const REQUESTS = 20_000;
const IDLE_AFTER_MS = 3000;
/** Until the sampling has ended, and V8 has collected the garbage of the requests, of itself, after some 8 s of rest. */
const SETTLE_MS = IDLE_AFTER_MS + 20_000;
const IDLE_MS = 60_000;

scenario('idle for 60 s, after 20,000 requests', async (record) => {
  const docker = new CountedDocker(new StandIn({ containers: 100, durationMs: 2000 }).env);
  const services: Server[] = [];
  const bares: Server[] = [];
  for (let n = 0; n < PROCESSES; n++) {
    const service = await Server.start({ ...docker.env, STATS_IDLE_AFTER_MS: String(IDLE_AFTER_MS) });
    const bare = await Server.startBare('nest', await service.stats());
    services.push(service);
    bares.push(bare);
    for (const server of [service, bare]) await load(server, 50, { requests: REQUESTS });
  }
  await delay(SETTLE_MS);

  const [startsBefore, cpuBefore] = [docker.starts, services.map(({ pid }) => cpuSeconds(pid))];
  await delay(IDLE_MS);
  const cpuPercent = services.map(({ pid }, n) => {
    const usedMs = (cpuSeconds(pid) - (cpuBefore[n] ?? NaN)) * 1000;
    return (usedMs / IDLE_MS) * 100;
  });
  const resident = [services.map(residentMb), bares.map(residentMb)] as const;

  record.figures(
    single('docker processes started', '', docker.starts - startsBefore, { exactly: 0 }),
    single('CPU, of a core', '%', Math.max(...cpuPercent), { atMost: 0.1 }),
    medianOf('resident memory', 'MB', resident[0]),
    medianOf('resident memory, bare', 'MB', resident[1]),
    ratioOf('resident memory, service / bare', resident, { atMost: 1.3 }),
  );
});

function residentMb({ pid }: Server): number {
  return residentKb(pid) / 1024;
}
