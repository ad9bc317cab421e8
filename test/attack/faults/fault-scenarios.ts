import { setTimeout as delay } from 'node:timers/promises';
import { DOCKER_CLIS } from '../../support/vitest/docker-availability.js';
import type { DockerEngine } from '../../support/engines/docker-engine.js';
import type { Outage } from './ground-truth.js';
import type { ReplaceableDocker } from './replaceable-docker.js';
import type { ResidentContainers } from './resident-containers.js';
import type { StatsPoller } from './stats-poller.js';

/** Time for some samples before the fault. */
const HEALTHY_MS = 6000;

const FROZEN_MS = 20_000;

/** Shorter than a sample. */
const REPLACED_FOR_MS = 1500;

/** A fault of docker, and the errors that the service must return meanwhile. */
export interface Scenario {
  readonly title: string;
  /** The docker CLIs that the service runs; it starts with the first one. */
  readonly clis: readonly [string, ...string[]];
  /** `DOCKER_TIMEOUT_MS` of the service; its default if omitted. */
  readonly timeoutMs?: number;
  /** Breaks docker and repairs it again. */
  readonly inject: (parts: ScenarioParts) => Promise<InjectedFault>;
  /** The only correct code of an error. */
  readonly errorCode: string;
  /** Each of these must occur in an error message. */
  readonly errorMessages: readonly RegExp[];
  /** How many samples the recovery may take. */
  readonly samplesToRecover: number;
}

export interface ScenarioParts {
  readonly engine: DockerEngine;
  readonly residents: ResidentContainers;
  readonly docker: ReplaceableDocker;
  readonly poller: StatsPoller;
}

export interface InjectedFault {
  readonly outage: Outage;
  /** When the fault ended the running containers; omitted if they ran on. */
  readonly containersEndedAt?: number;
}

const [CLI = '', OTHER_CLI = CLI] = DOCKER_CLIS;

export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'daemon stopped and started',
    clis: [CLI],
    errorCode: 'docker_unreachable',
    errorMessages: [/daemon/],
    samplesToRecover: 1,
    inject: async (parts) => {
      await delay(HEALTHY_MS);
      const startedAt = Date.now();
      await parts.engine.stop();
      return { outage: await restartDaemon(parts, startedAt), containersEndedAt: startedAt };
    },
  },
  {
    title: 'daemon killed during a sample',
    clis: [OTHER_CLI],
    errorCode: 'docker_unreachable',
    errorMessages: [/daemon/],
    samplesToRecover: 1,
    inject: async (parts) => {
      await delay(HEALTHY_MS);
      await parts.docker.waitForMidSample();
      const startedAt = Date.now();
      await parts.engine.stop('SIGKILL');
      const outage = await restartDaemon(parts, startedAt);
      return { outage, containersEndedAt: outage.downUntil }; // they outlive a killed daemon, but not the next one
    },
  },
  {
    title: `daemon frozen for at least ${FROZEN_MS / 1000} s`,
    clis: [CLI],
    timeoutMs: 10_000,
    errorCode: 'docker_timeout',
    errorMessages: [/within 10000 ms/],
    samplesToRecover: 2, // the run in progress when the daemon wakes may have too little time left
    inject: async ({ engine, residents, poller }) => {
      await delay(HEALTHY_MS);
      const startedAt = Date.now();
      engine.signal('SIGSTOP');
      const downFrom = Date.now();
      // A sample with some figures from before does not fail at its timeout; the one after it does.
      await Promise.all([delay(FROZEN_MS), poller.waitForError(/within/)]);
      const downUntil = Date.now();
      engine.signal('SIGCONT');
      const recoveredAt = await residents.waitUntilRunning();
      return { outage: { startedAt, downFrom, downUntil, recoveredAt } };
    },
  },
  {
    title: 'docker CLI replaced, then missing, then not executable',
    clis: [CLI, OTHER_CLI],
    errorCode: 'docker_not_found',
    errorMessages: [/ENOENT/, /EACCES/],
    samplesToRecover: 1,
    inject: async ({ docker, poller }) => {
      const other = OTHER_CLI === CLI ? docker.copy(CLI) : OTHER_CLI;
      for (const cli of [other, CLI, other, CLI, other]) {
        docker.replaceWith(cli);
        await delay(REPLACED_FOR_MS);
      }
      const startedAt = Date.now();
      docker.remove();
      const downFrom = Date.now();
      await poller.waitForError(/ENOENT/);
      docker.makeNonExecutable();
      await poller.waitForError(/EACCES/);
      const downUntil = Date.now();
      docker.replaceWith(CLI);
      return { outage: { startedAt, downFrom, downUntil, recoveredAt: Date.now() } };
    },
  },
];

/** Starts the stopped daemon again, once the service has failed for a while. */
async function restartDaemon(
  { engine, residents, poller }: ScenarioParts,
  startedAt: number,
): Promise<Outage> {
  const downFrom = Date.now();
  await poller.waitForError(/daemon/);
  const downUntil = Date.now();
  await engine.start();
  return { startedAt, downFrom, downUntil, recoveredAt: await residents.waitUntilRunning() };
}
