import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { Browser } from './browser.js';
import { Dashboard } from './harness/dashboard.js';
import { hidePage, showPage } from './harness/visibility.js';
import { TestService } from './harness/test-service.js';

describe.skipIf(NO_BROWSER)('The live figures of the page', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  /** Opens the page of a service with two containers, and waits for its figures. */
  async function open(): Promise<{ service: TestService; dashboard: Dashboard }> {
    const service = await TestService.start();
    service.docker.set({ name: 'web-1', cpu: 10 }, { name: 'db-1', cpu: 20 });
    const dashboard = await Dashboard.open(browser, service.url);
    await expect.poll(dashboard.readNames).toHaveLength(2);
    return { service, dashboard };
  }

  it('change with the next sample', async () => {
    const { service, dashboard } = await open();
    service.docker.set({ name: 'web-1', cpu: 33 });
    await expect.poll(() => dashboard.figure('web-1', 'cpuUsage').innerText()).toMatch(/^33/);
    expect(await service.readMetric('docker_stats_api_streams_open')).toBe(1);
    expect(dashboard.problems).toEqual([]);
  });

  it('say how old they are', async () => {
    const { dashboard } = await open();
    await expect.poll(() => dashboard.page.getByRole('banner').innerText()).toMatch(/\d+\s?s\b/);
  });

  it('have a row for a container that appears, and none for one that vanished', async () => {
    const { service, dashboard } = await open();
    service.docker.set({ name: 'new-1' });
    await expect.poll(dashboard.readNames).toContain('new-1');
    service.docker.stop('db-1');
    await expect.poll(dashboard.readNames).not.toContain('db-1');
  });

  it.each([
    ['is paused', 'Up 5 minutes (Paused)', 'paused'],
    ['becomes unhealthy', 'Up 5 minutes (unhealthy)', 'unhealthy'],
    ['becomes healthy', 'Up 5 minutes (healthy)', 'healthy'],
  ])('say it when a container %s', async (_name, status, text) => {
    const { service, dashboard } = await open();
    service.docker.set({ name: 'web-1', status });
    await expect.poll(() => dashboard.row('web-1').locator('.health-status').innerText()).toContain(text);
  });

  it('have a row with the reason for a container without figures', async () => {
    const { service, dashboard } = await open();
    service.docker.set({ name: 'db-1', hasFigures: false });
    await expect.poll(() => dashboard.row('db-1').innerText()).toMatch(/could not read/);
  });

  it('stay, marked as old with the reason, while docker is stopped', async () => {
    const { service, dashboard } = await open();
    service.docker.isUp = false;
    await expect.poll(() => dashboard.status.innerText()).toMatch(/Cannot connect to the Docker daemon/);
    expect(await dashboard.page.locator('.problem').innerText()).toMatch(
      /Cannot connect to the Docker daemon/,
    );
    expect(await dashboard.readNames()).toHaveLength(2);
    expect(await dashboard.page.locator('.stale').count()).toBeGreaterThan(0);
    service.docker.isUp = true;
    service.docker.set({ name: 'web-1', cpu: 44 });
    await expect.poll(() => dashboard.figure('web-1', 'cpuUsage').innerText()).toMatch(/^44/);
    await expect.poll(() => dashboard.page.locator('.stale').count()).toBe(0);
    expect(dashboard.problems).toEqual([]);
  });

  it('come back after a restart of the service', async () => {
    const { service, dashboard } = await open();
    await service.stop();
    await expect.poll(() => dashboard.status.innerText()).toMatch(/connection|disconnected|reach/i);
    expect(await dashboard.page.locator('.stale').count()).toBeGreaterThan(0);
    service.docker.set({ name: 'web-1', cpu: 55 });
    await service.start();
    await expect
      .poll(() => dashboard.figure('web-1', 'cpuUsage').innerText(), { timeout: 15_000 })
      .toMatch(/^55/);
    await expect.poll(() => dashboard.page.locator('.stale').count()).toBe(0);
  });

  it('are not sampled while the tab is hidden, and come back when it is visible', async () => {
    const { service, dashboard } = await open();
    await hidePage(dashboard.page);
    await expect.poll(() => service.readMetric('docker_stats_api_streams_open')).toBe(0);
    await expect.poll(countNewRuns(service), { interval: 1000 }).toBe(0);
    service.docker.set({ name: 'web-1', cpu: 66 });
    expect(await dashboard.figure('web-1', 'cpuUsage').innerText()).toMatch(/^10/);
    await showPage(dashboard.page);
    await expect.poll(() => dashboard.figure('web-1', 'cpuUsage').innerText()).toMatch(/^66/);
    expect(await service.readMetric('docker_stats_api_streams_open')).toBe(1);
    expect(dashboard.problems).toEqual([]);
  });
});

/** Returns a function that counts the runs of `docker stats` since its last call. */
function countNewRuns(service: TestService): () => number {
  let before = -1;
  return () => {
    const runs = service.docker.statsRuns - before;
    before = service.docker.statsRuns;
    return runs;
  };
}
