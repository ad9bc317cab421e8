import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { Churn, type ShortLived } from '../../support/engines/churn.js';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { countOpenDescriptors } from '../../support/processes/processes.js';
import { startService } from '../../support/service/service-process.js';
import { DockerProcessMonitor } from './docker-process-monitor.js';
import type { InjectedFault, Scenario } from './fault-scenarios.js';
import type { KnownContainer } from './ground-truth.js';
import { type LoadReport, reportLoad } from './load-report.js';
import { ReplaceableDocker } from './replaceable-docker.js';
import { ResidentContainers } from './resident-containers.js';
import { StatsPoller } from './stats-poller.js';
import { SteadyLoad } from '../../support/http/steady-load.js';

const KEY = 'faults-key-0123456789';
export const REQUESTS_PER_SECOND = 200;

/** Time for some samples after the recovery. */
const RECOVERED_MS = 3000;

/**
 * How often a short-lived container starts. A shorter interval makes samples very long on a busy machine: docker then waits for the
 * values of each new container.
 */
const CHURN_MS = 1000;

/** Settings of the service; PS_TIMEOUT_MS and MAX_AGE_MS are its defaults. */
const DOCKER_TIMEOUT_MS = 30_000;
const KILL_GRACE_MS = 1000;
const PS_TIMEOUT_MS = 2000;
const MAX_AGE_MS = 5000;

export interface ScenarioResult {
  readonly report: LoadReport;
  /** The numbers of docker processes of the service. */
  readonly processes: {
    /** The most that took a sample at the same time. */
    readonly maxSampling: number;
    /** Those that ran when the service was idle after the load. */
    readonly left: number;
    /** Those that ran after the service had exited. */
    readonly orphaned: number;
  };
  /** How many docker programs the service ran. */
  readonly programs: number;
  readonly descriptors: { readonly before: number; readonly after: number };
  readonly exitCode: number | null;
}

/** Runs the built service on a private engine, under load, through one fault. */
export async function runScenario(scenario: Scenario): Promise<ScenarioResult> {
  const { clis, errorCode, timeoutMs = DOCKER_TIMEOUT_MS } = scenario;

  const engine = new DockerEngine();
  onTestFinished(() => engine.destroy());
  await engine.start();
  const residents = new ResidentContainers(engine);
  await residents.start();
  const startedAt = Date.now();
  const churn = new Churn(engine, CHURN_MS);
  onTestFinished(() => void churn.stop());

  const docker = new ReplaceableDocker(clis[0]);
  const service = startService({
    ...docker.env,
    DOCKER_HOST: engine.host,
    DOCKER_TIMEOUT_MS: String(timeoutMs),
    DOCKER_KILL_GRACE_MS: String(KILL_GRACE_MS),
    STATS_IDLE_AFTER_MS: '1000',
    RATE_LIMIT_PER_MINUTE: '1000000',
    NODE_ENV: 'production',
    API_KEYS: `faults:${KEY}`,
  });
  await service.waitForOutput(/is reachable/);
  const url = await service.waitForUrl();
  const poller = new StatsPoller(url, KEY);
  await expect.poll(() => poller.hasSampleSince(startedAt), { timeout: 20_000 }).toBe(true);
  await docker.waitUntilIdle();
  const before = countOpenDescriptors(service.pid);

  const monitor = new DockerProcessMonitor(docker);
  const load = new SteadyLoad(url, KEY, REQUESTS_PER_SECOND);
  onTestFinished(() => load.terminate());
  const fault = await scenario.inject({ engine, residents, docker, poller });
  await poller.waitForSampleSince(fault.outage.recoveredAt);
  await delay(RECOVERED_MS);

  const responses = await load.finish();
  const shortLived = await churn.stop();
  await docker.waitUntilIdle();
  monitor.stop();
  const left = docker.findProcesses().length;
  const after = await countDescriptorsWhenIdle(service.pid, before);
  service.kill('SIGTERM');
  const exitCode = await service.exitCode;

  const report = reportLoad(responses, {
    containers: describeContainers(residents, shortLived, startedAt, fault),
    outage: fault.outage,
    errorCode,
    maxAgeMs: MAX_AGE_MS,
    maxRunMs: timeoutMs + KILL_GRACE_MS + PS_TIMEOUT_MS,
  });
  return {
    report,
    processes: { maxSampling: monitor.maxSampling, left, orphaned: docker.findProcesses().length },
    programs: monitor.programs.size,
    descriptors: { before, after },
    exitCode,
  };
}

/** Lists when each container ran. Docker restarts the residents after the fault, but not the short-lived containers. */
function describeContainers(
  residents: ResidentContainers,
  shortLived: readonly ShortLived[],
  startedAt: number,
  { outage, containersEndedAt = Infinity }: InjectedFault,
): KnownContainer[] {
  return [
    ...residents.describeBetween(startedAt, containersEndedAt),
    ...residents.describeBetween(outage.recoveredAt, Infinity),
    ...shortLived.map((container) =>
      container.earliest < outage.downUntil
        ? { ...container, to: Math.min(container.to, containersEndedAt) }
        : container,
    ),
  ];
}

/** Waits up to 5 s for the service to notice that the connections are closed. */
async function countDescriptorsWhenIdle(pid: number, expected: number): Promise<number> {
  for (let n = 0; n < 50 && countOpenDescriptors(pid) !== expected; n++) await delay(100);
  return countOpenDescriptors(pid);
}
