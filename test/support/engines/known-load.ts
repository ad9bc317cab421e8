import type { ContainerStats } from 'docker-stats-client';
import { expect } from 'vitest';
import type { DockerEngine } from './docker-engine.js';

/** Starts the container `busy`, which uses a share of a core: by default, 20 %. */
export function startBusy(engine: DockerEngine, share = 0.2): Promise<string> {
  return engine.runContainer('busy', 'while :; do :; done', '--cpus', String(share));
}

/** Starts the container `holder`, which keeps a file of 50 MB in memory. */
export function startHolder(engine: DockerEngine, ...options: string[]): Promise<string> {
  const script = 'dd if=/dev/zero of=/hold/50 bs=1M count=50; sleep 1000';
  return engine.runContainer('holder', script, '--tmpfs', '/hold:size=60m', ...options);
}

/** Checks the CPU usage of `busy` and the memory usage of `holder`, with some tolerance. */
export function expectKnownLoad(containers: readonly ContainerStats[]): void {
  const [busy, holder] = ['busy', 'holder'].map((wanted) => containers.find(({ name }) => name === wanted));
  expect(busy?.cpuUsage).toBeGreaterThan(12);
  expect(busy?.cpuUsage).toBeLessThan(28);
  expect(holder?.memoryUsage).toBeGreaterThan(50);
  expect(holder?.memoryUsage).toBeLessThan(56);
}
