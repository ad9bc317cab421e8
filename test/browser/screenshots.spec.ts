import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerStats } from 'docker-stats-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { createContainer } from '../support/history/history-samples.js';
import { KEY } from '../support/service/test-app.js';
import { Browser } from './browser.js';
import { Dashboard } from './harness/dashboard.js';
import { idOf, type SimulatedContainer } from './harness/simulated-docker.js';
import { TestService } from './harness/test-service.js';

/** `npm run screenshots` sets the folder of the images. */
const FOLDER = process.env['SCREENSHOTS'];

const MAX_BYTES = 200_000;
const SAMPLE_EVERY_MS = 2000;
const HISTORY_MS = 5 * 60_000;

type NamedContainer = Partial<SimulatedContainer> & { readonly name: string };

const CONTAINERS = (
  [
    { name: 'shop-web-1', image: 'nginx:1.29', cpu: 12.4, memoryMiB: 102.9, status: 'Up 2 hours (healthy)' },
    { name: 'shop-web-2', image: 'nginx:1.29', cpu: 9.8, memoryMiB: 98.3, status: 'Up 2 hours (healthy)' },
    { name: 'shop-api-1', image: 'shop/api:2.4', cpu: 38.1, memoryMiB: 241, status: 'Up 2 hours (healthy)' },
    { name: 'shop-api-2', image: 'shop/api:2.4', cpu: 31.6, memoryMiB: 236, status: 'Up 2 hours (healthy)' },
    {
      name: 'shop-postgres-1',
      image: 'postgres:18',
      cpu: 6.3,
      memoryMiB: 388,
      limitMiB: 2048,
      status: 'Up 9 days (healthy)',
    },
    { name: 'shop-redis-1', image: 'redis:8', cpu: 0.9, memoryMiB: 14.2, limitMiB: 256 },
    {
      name: 'shop-worker-1',
      image: 'shop/worker:2.4',
      cpu: 117,
      memoryMiB: 488,
      status: 'Up 2 hours (unhealthy)',
    },
    { name: 'ci-runner-1', project: 'ci', image: 'ci/runner:17', cpu: 164, memoryMiB: 702, limitMiB: 4096 },
    { name: 'ci-runner-2', project: 'ci', image: 'ci/runner:17', cpu: 2.1, memoryMiB: 188, limitMiB: 4096 },
    {
      name: 'ci-cache-1',
      project: 'ci',
      image: 'minio:2026',
      cpu: 0.4,
      memoryMiB: 61.5,
      status: 'Up 3 hours (Paused)',
    },
    { name: 'monitoring-grafana-1', project: 'monitoring', image: 'grafana:13.0', cpu: 1.7, memoryMiB: 83.1 },
    {
      name: 'monitoring-prometheus-1',
      project: 'monitoring',
      image: 'prometheus:v3.8',
      cpu: 3.2,
      memoryMiB: 211,
    },
  ] satisfies NamedContainer[]
).map(addDetails);

/** Adds what follows from the name, and traffic that differs between the containers. */
function addDetails(container: NamedContainer, n: number): NamedContainer {
  const [, service = 'web'] = container.name.split('-');
  const network = `${((n * 37) % 90) + 1.5}MB / ${((n * 53) % 700) + 2.1}MB`;
  return { service, network, pids: 3 + ((n * 11) % 29), ...container };
}

describe.skipIf(NO_BROWSER)('The screenshots of the README', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  it.each(['light', 'dark'] as const)('show all containers, in %s', async (colorScheme) => {
    const service = await TestService.start();
    service.docker.set(...CONTAINERS);
    await service.addHistory(createHistory());
    const dashboard = await Dashboard.open(browser, service.url, {
      search: `?sort=-cpuUsage#key=${KEY}`,
      context: { colorScheme, viewport: { width: 1280, height: 540 } },
    });
    await expect.poll(dashboard.readNames).toHaveLength(CONTAINERS.length);
    const lines = dashboard.page.locator('.sparkline path[d*="L"]');
    await expect.poll(() => lines.count()).toBe(2 * CONTAINERS.length);
    const image = await dashboard.page.screenshot({ scale: 'css' });
    expect(image.length).toBeLessThan(MAX_BYTES);
    if (FOLDER !== undefined) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(join(FOLDER, `page-${colorScheme}.png`), image);
    }
  });
});

/** The last minutes: each figure swings around its value, at a period of its own. */
function createHistory(): [number, ContainerStats[]][] {
  const samples = HISTORY_MS / SAMPLE_EVERY_MS;
  return Array.from({ length: samples }, (_, n) => {
    const agoMs = (samples - n) * SAMPLE_EVERY_MS;
    return [agoMs, CONTAINERS.map((container, index) => createPast(container, index, n))];
  });
}

function createPast(
  { name, cpu = 1, memoryMiB = 64 }: NamedContainer,
  index: number,
  n: number,
): ContainerStats {
  const wave = Math.sin(n / (4 + index)) * Math.cos(n / (9 + index * 2));
  return createContainer(idOf(name), {
    name,
    cpuUsage: cpu * (1 + 0.4 * wave),
    memoryUsage: memoryMiB * (1 - 0.002 * (150 - n) + 0.05 * wave),
  });
}
