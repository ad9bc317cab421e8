import { setTimeout as delay } from 'node:timers/promises';
import { readResidentMb } from '../support/processes/processes.js';
import { FakeDockerCli } from '../support/docker/fake-docker-cli.js';
import { CountingDocker } from './measure/counting-docker.js';
import { readCpuSeconds } from './measure/cpu-time.js';
import { load } from './measure/load.js';
import { scenario } from './report/scenario.js';
import { Server } from './measure/server.js';

/** Of each kind: the memory of a single process varies too much. */
const PROCESSES = 3;
const REQUESTS = 20_000;
const IDLE_AFTER_MS = 3000;
/** After this time, the service has stopped sampling, and V8 has collected the garbage of the requests, which it does after about 8 s. */
const SETTLE_MS = IDLE_AFTER_MS + 20_000;
const IDLE_MS = 60_000;

scenario('idle for 60 s, after 20,000 requests', async (record) => {
  const docker = new CountingDocker(new FakeDockerCli({ containers: 100, durationMs: 2000 }).env);
  const services: Server[] = [];
  const bareServers: Server[] = [];
  for (let n = 0; n < PROCESSES; n++) {
    const service = await Server.start({ ...docker.env, STATS_IDLE_AFTER_MS: String(IDLE_AFTER_MS) });
    const bare = await Server.startBare('nest', await service.getStats());
    services.push(service);
    bareServers.push(bare);
    for (const server of [service, bare]) await load(server, 50, { requests: REQUESTS });
  }
  await delay(SETTLE_MS);

  const startsBefore = docker.starts;
  const cpuBefore = services.map(({ pid }) => readCpuSeconds(pid));
  await delay(IDLE_MS);
  const cpuPercent = services.map(({ pid }, n) => {
    const usedMs = (readCpuSeconds(pid) - (cpuBefore[n] ?? NaN)) * 1000;
    return (usedMs / IDLE_MS) * 100;
  });
  const resident = services.map(({ pid }) => readResidentMb(pid));
  const residentBare = bareServers.map(({ pid }) => readResidentMb(pid));

  record.addValue('docker processes started', '', docker.starts - startsBefore, { exactly: 0 });
  record.addValue('CPU, of a core', '%', Math.max(...cpuPercent), { atMost: 0.1 });
  record.addMedian('resident memory', 'MB', resident);
  record.addMedian('resident memory, bare Nest', 'MB', residentBare);
  record.addRatio('resident memory, service / bare Nest', resident, residentBare, { atMost: 1.3 });
});
