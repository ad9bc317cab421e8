import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, vi } from 'vitest';
import type { ContainerStats } from 'docker-stats-client';
import { Churn } from '../support/churn.js';
import { DOCKER_CLIS } from '../support/docker-availability.js';
import { DockerEngine } from '../support/docker-engine.js';
import { openDescriptors } from '../support/processes.js';
import { startService } from '../support/service-process.js';
import { judge, type KnownContainer, type Outage, type Verdict } from './fault-verdict.js';
import { httpGet } from './http-get.js';
import { ProcessWatch, ReplaceableDocker } from './replaceable-docker.js';
import { SteadyLoad } from './steady-load.js';

const KEY = 'faults-key-0123456789';
export const REQUESTS_PER_SECOND = 200;

/** Some samples, before the fault and after it. */
const HEALTHY_MS = 6000;
const RECOVERED_MS = 3000;

/** From the first error on: until then, the last sample is served. */
const FAILING_MS = 2000;

const FROZEN_MS = 20_000;

/** Shorter than a sample. */
const REPLACED_FOR_MS = 1500;

/**
 * Slowly: on a busy machine docker gets to a new container only when it runs already, and then waits for its figures.
 * With many new ones, it would do so again and again.
 */
const CHURN_MS = 1000;

/** What the service keeps to, by its defaults and by the settings given here. */
const DOCKER_TIMEOUT_MS = 30_000;
const KILL_GRACE_MS = 1000;
const PS_TIMEOUT_MS = 2000;
const MAX_AGE_MS = 5000;

/** A container that is there all the time, and known by its figures. */
interface Resident {
  readonly name: string;
  readonly script: string;
  readonly options: readonly string[];
  readonly isPlausible: (figures: ContainerStats) => boolean;
}

const RESIDENTS: readonly Resident[] = [
  {
    name: 'busy',
    script: 'while :; do :; done',
    options: ['--cpus', '0.2'],
    isPlausible: ({ cpuUsage }) => cpuUsage > 4 && cpuUsage < 40, // the machine is busy too
  },
  {
    name: 'holder',
    script: 'dd if=/dev/zero of=/hold/50 bs=1M count=50; sleep 1000',
    options: ['--tmpfs', '/hold:size=64m'],
    isPlausible: ({ memoryUsage }) => memoryUsage !== null && memoryUsage > 50 && memoryUsage < 56,
  },
  {
    name: 'idle',
    script: 'sleep 1000',
    options: [],
    isPlausible: ({ cpuUsage, memoryUsage }) => cpuUsage < 4 && memoryUsage !== null && memoryUsage < 5,
  },
];

/** What is done to docker. */
export interface Scenario {
  readonly title: string;
  readonly clis: readonly [string, ...string[]];
  readonly timeoutMs?: number;
  readonly fault: (parts: Parts) => Promise<Fault>;
  /** The one right code of an error, and what the messages say. */
  readonly code: string;
  readonly says: readonly RegExp[];
  /** How many samples it may take to recover. */
  readonly samples: number;
}

interface Parts {
  readonly engine: DockerEngine;
  readonly docker: ReplaceableDocker;
  /** Where the service listens. */
  readonly url: string;
}

/** When it was done. */
interface Fault {
  readonly outage: Outage;
  /** Until when every container ran on; for ever, unless another daemon came. */
  readonly containersUntil?: number;
}

const [CLI = '', OTHER_CLI = CLI] = DOCKER_CLIS;

export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'daemon stopped and started',
    clis: [CLI],
    code: 'docker_unreachable',
    says: [/daemon/],
    samples: 1,
    fault: async (parts) => {
      await delay(HEALTHY_MS);
      const began = Date.now();
      await parts.engine.stop();
      return { outage: await startAgain(parts, began), containersUntil: began };
    },
  },
  {
    title: 'daemon killed in mid-sample',
    clis: [OTHER_CLI],
    code: 'docker_unreachable',
    says: [/daemon/],
    samples: 1,
    fault: async (parts) => {
      await delay(HEALTHY_MS);
      await parts.docker.midSample();
      const began = Date.now();
      await parts.engine.stop('SIGKILL');
      const outage = await startAgain(parts, began);
      return { outage, containersUntil: outage.downTo }; // the new daemon ends what ran on without one
    },
  },
  {
    title: `daemon frozen for ${FROZEN_MS / 1000} s`,
    clis: [CLI],
    timeoutMs: 10_000,
    code: 'docker_timeout',
    says: [/within 10000 ms/],
    samples: 2, // the run in flight when the daemon wakes may have too little time left
    fault: async ({ engine }) => {
      await delay(HEALTHY_MS);
      const began = Date.now();
      engine.signal('SIGSTOP');
      const downFrom = Date.now();
      await delay(FROZEN_MS);
      const downTo = Date.now();
      engine.signal('SIGCONT');
      return { outage: { began, downFrom, downTo, back: await backAt(engine) } };
    },
  },
  {
    title: 'docker CLI replaced, then missing, then not executable',
    clis: [CLI, OTHER_CLI],
    code: 'docker_not_found',
    says: [/ENOENT/, /EACCES/],
    samples: 1,
    fault: async ({ docker, url }) => {
      const other = OTHER_CLI === CLI ? docker.copyOf(CLI) : OTHER_CLI;
      for (const cli of [other, CLI, other, CLI, other]) {
        docker.replaceBy(cli);
        await delay(REPLACED_FOR_MS);
      }
      const began = Date.now();
      docker.remove();
      const downFrom = Date.now();
      await hasFailed(url, /ENOENT/);
      docker.makeUnexecutable();
      await hasFailed(url, /EACCES/);
      const downTo = Date.now();
      docker.replaceBy(CLI);
      return { outage: { began, downFrom, downTo, back: Date.now() } };
    },
  },
];

/** What came of a scenario. */
export interface Survival {
  readonly verdict: Verdict;
  /** The docker processes of the service: how many took a sample at a time, at most; when nobody asked any more; when it had ended. */
  readonly processes: { readonly most: number; readonly left: number; readonly orphaned: number };
  readonly programs: number;
  readonly descriptors: { readonly before: number; readonly after: number };
  readonly exitCode: number | null;
}

/** Runs the service on an engine of its own, through one fault. */
export async function survive({
  clis,
  code,
  timeoutMs = DOCKER_TIMEOUT_MS,
  fault,
}: Scenario): Promise<Survival> {
  const engine = new DockerEngine();
  onTestFinished(() => engine.destroy());
  await engine.start();
  const ids = await Promise.all(
    RESIDENTS.map(({ name, script, options }) =>
      engine.runContainer(name, script, '--restart', 'always', ...options),
    ),
  );
  const residentsBetween = (from: number, to: number): KnownContainer[] =>
    RESIDENTS.map(({ name, isPlausible }, n) => {
      const id = ids[n] ?? '';
      return { id, name, isPlausible, from, to, earliest: -Infinity, latest: Infinity };
    });
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
  await service.says(/is reachable/);
  const url = await service.url();
  await expect.poll(() => servesSampleSince(url, startedAt), { timeout: 20_000 }).toBe(true);
  await docker.rest();
  const before = openDescriptors(service.pid);

  const watch = new ProcessWatch(docker);
  const load = new SteadyLoad(url, KEY, REQUESTS_PER_SECOND);
  onTestFinished(() => load.stop());
  const { outage, containersUntil = Infinity } = await fault({ engine, docker, url });
  await until(() => servesSampleSince(url, outage.back));
  await delay(RECOVERED_MS);
  const answers = await load.end();
  const shortLived = await churn.stop();
  await docker.rest();
  watch.stop();
  const left = docker.processes().length;
  const after = await descriptorsAtRest(service.pid, before);
  service.kill('SIGTERM');
  const exitCode = await service.exitCode;

  const verdict = judge(answers, {
    containers: [
      ...residentsBetween(startedAt, containersUntil),
      ...residentsBetween(outage.back, Infinity),
      ...shortLived.map((container) =>
        container.earliest < outage.downTo
          ? { ...container, to: Math.min(container.to, containersUntil) }
          : container,
      ),
    ],
    outage,
    code,
    maxAgeMs: MAX_AGE_MS,
    maxRunMs: timeoutMs + KILL_GRACE_MS + PS_TIMEOUT_MS,
  });
  return {
    verdict,
    processes: { most: watch.most, left, orphaned: docker.processes().length },
    programs: watch.programs.size,
    descriptors: { before, after },
    exitCode,
  };
}

/** Starts a daemon that has ended, after a while. */
async function startAgain({ engine, url }: Parts, began: number): Promise<Outage> {
  const downFrom = Date.now();
  await hasFailed(url, /daemon/);
  const downTo = Date.now();
  await engine.start();
  return { began, downFrom, downTo, back: await backAt(engine) };
}

/** When the daemon answers, and the residents run. */
async function backAt(engine: DockerEngine): Promise<number> {
  const list = (): Promise<string> => engine.docker('ps', '--format', '{{.Names}} {{.Status}}');
  await expect.poll(list, { interval: 20, timeout: 20_000 }).toSatisfy(hasAllResidents);
  return Date.now();
}

function hasAllResidents(list: string): boolean {
  return RESIDENTS.every(({ name }) => list.includes(`${name} Up`));
}

/** Waits until the service has answered with such an error for a while; whether it ever does is judged in the end. */
async function hasFailed(url: string, message: RegExp): Promise<void> {
  await until(async () => message.test((await ask(url)).text));
  await delay(FAILING_MS);
}

/** Waits for something, in vain after half a minute. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(isTrue, { timeout: 30_000, interval: 100 }).catch(() => undefined);
}

async function servesSampleSince(url: string, time: number): Promise<boolean> {
  const { status, sampledAt } = await ask(url);
  return status === 200 && sampledAt > time;
}

async function ask(url: string): Promise<{ status: number; sampledAt: number; text: string }> {
  const { status, headers, body } = await httpGet(`${url}/stats`, { 'X-API-Key': KEY });
  return { status, sampledAt: Date.parse(String(headers['x-sampled-at'])), text: body.toString() };
}

/** That a connection is closed takes the service a moment to notice. */
async function descriptorsAtRest(pid: number, expected: number): Promise<number> {
  for (let n = 0; n < 50 && openDescriptors(pid) !== expected; n++) await delay(100);
  return openDescriptors(pid);
}
