import type { ContainerStats } from 'docker-stats-client';
import { vi } from 'vitest';
import type { DockerEngine } from '../../support/engines/docker-engine.js';
import type { KnownContainer } from './ground-truth.js';

/** A container that runs all the time, with a known load. */
interface Resident {
  readonly name: string;
  readonly script: string;
  readonly options: readonly string[];
  readonly isPlausible: (values: ContainerStats) => boolean;
}

const RESIDENTS: readonly Resident[] = [
  {
    name: 'busy',
    script: 'while :; do :; done',
    options: ['--cpus', '0.2'],
    isPlausible: ({ cpuUsage }) => cpuUsage > 4 && cpuUsage < 40, // not exactly 20: the machine is busy too
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

/** The resident containers of one engine. Docker restarts them when it starts. */
export class ResidentContainers {
  #ids: readonly string[] = [];

  constructor(private readonly engine: DockerEngine) {}

  async start(): Promise<void> {
    this.#ids = await Promise.all(
      RESIDENTS.map(({ name, script, options }) =>
        this.engine.runContainer(name, script, '--restart', 'always', ...options),
      ),
    );
  }

  /** Waits until the daemon responds and all residents run; returns the time. */
  async waitUntilRunning(): Promise<number> {
    const expectAllUp = async (): Promise<void> => {
      const list = await this.engine.docker('ps', '--format', '{{.Names}} {{.Status}}');
      const missing = RESIDENTS.find(({ name }) => !list.includes(`${name} Up`));
      if (missing !== undefined) throw new Error(`Container ${missing.name} is not running:\n${list}`);
    };
    await vi.waitFor(expectAllUp, { interval: 20, timeout: 20_000 });
    return Date.now();
  }

  /** Describes the residents as containers that ran between two times. */
  describeBetween(from: number, to: number): KnownContainer[] {
    return RESIDENTS.map(({ name, isPlausible }, n) => {
      const id = this.#ids[n] ?? '';
      return { id, name, isPlausible, from, to, earliest: -Infinity, latest: Infinity };
    });
  }
}
