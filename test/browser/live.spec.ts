import { StatsClient } from 'docker-stats-client';
import type { Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { KEY } from '../support/service/test-app.js';
import { Browser } from './browser.js';
import { Dashboard } from './harness/dashboard.js';
import { idOf } from './harness/simulated-docker.js';
import { hidePage, showPage } from './harness/visibility.js';
import { TestService } from './harness/test-service.js';

describe.skipIf(NO_BROWSER)('The live figures of the page', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  /** Opens the page of a service with two containers, and waits for its figures. */
  async function open(
    env: Record<string, string> = {},
  ): Promise<{ service: TestService; dashboard: Dashboard }> {
    const service = await TestService.start(env);
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

  it('turn grey by their age alone, and say why', async () => {
    const service = await TestService.start({ STATS_INTERVAL_MS: '60000', STATS_MAX_AGE_MS: '60000' });
    service.docker.set({ name: 'web-1' });
    const dashboard = await Dashboard.open(browser, service.url, { hasClock: true });
    await expect.poll(dashboard.readNames).toEqual(['web-1']);
    await expect.poll(() => dashboard.page.locator('.stale').count()).toBe(0);
    await dashboard.page.clock.fastForward(12_000);
    await expect.poll(() => dashboard.page.locator('.stale').count()).toBe(1);
    expect(await dashboard.page.locator('.problem').innerText()).toMatch(/takes longer than usual/);
    expect(await dashboard.status.innerText()).toMatch(/Waiting\s.*takes longer than usual/);
    expect(await dashboard.page.getByRole('banner').innerText()).toMatch(/1[2-9] s old/);
    expect(dashboard.problems).toEqual([]);
  });

  it('come back at once with "Try now" by the keyboard, long before the next try', async () => {
    const { dashboard } = await open();
    const { page } = dashboard;
    await page.route('**/stats/stream*', refuseForHalfAMinute);
    await hidePage(page);
    await showPage(page);
    await expect.poll(() => page.locator('.problem').innerText()).toMatch(/Next try in [234]\d s/);
    await page.unroute('**/stats/stream*');
    for (let presses = 0; presses < 3; presses++) await page.keyboard.press('Tab'); // after the unit and the menu
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Try now');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.stale').count()).toBe(0);
    expect(await page.locator('.problem').count()).toBe(0);
  });

  it('have no lost and no doubled sample in the charts after a reconnect', async () => {
    const { service, dashboard } = await open({ STATS_INTERVAL_MS: '400' });
    const { page } = dashboard;
    service.docker.onStats = () => service.docker.set({ name: 'web-1', cpu: service.docker.statsRuns });
    await dashboard.row('web-1').getByRole('link').click();
    await expect.poll(() => dashboard.containerView.locator('canvas').count()).toBe(5);
    await page.route('**/stats/stream*', refuseForHalfAMinute);
    service.cutConnections();
    await expect.poll(() => dashboard.containerView.innerText()).toMatch(/Disconnected/);
    const client = new StatsClient({ baseUrl: service.url, apiKey: KEY });
    await countSamples(client, 5);
    await page.unroute('**/stats/stream*');
    await dashboard.containerView.getByRole('button', { name: 'Try now' }).click();
    await expect.poll(() => dashboard.containerView.locator('.problem').count()).toBe(0);
    await countSamples(client, 2);
    service.docker.isUp = false;
    await expect.poll(() => dashboard.containerView.innerText()).toMatch(/Sampling fails/);
    const history = await client.containerHistory(idOf('web-1'), { fields: ['cpuUsage'] });
    expect(await readChartValues(dashboard, 'CPU')).toEqual(history.containers[0]?.cpuUsage);
    expect(history.sampledAt.length).toBeGreaterThan(6);
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

/** The response of a service that has too many clients. */
async function refuseForHalfAMinute(route: Route): Promise<void> {
  await route.fulfill({
    status: 503,
    headers: { 'Retry-After': '30' },
    json: { statusCode: 503, code: 'unavailable', message: 'Too many streams are open; try again later' },
  });
}

/** Waits for so many samples, as another client of the service. */
async function countSamples(client: StatsClient, count: number): Promise<void> {
  let samples = 0;
  for await (const _ of client.watch()) {
    if (++samples === count) break;
  }
}

/** Reads all values of a chart, as somebody does who moves its slider. */
async function readChartValues({ containerView }: Dashboard, title: string): Promise<number[]> {
  const slider = containerView.getByRole('slider');
  const value = new RegExp(`${title} ([\\d.]+)`);
  const values: number[] = [];
  const last = Number(await slider.getAttribute('max'));
  await slider.press('Home');
  for (let index = 0; index <= last; index++) {
    values.push(Number(value.exec((await slider.getAttribute('aria-valuetext')) ?? '')?.[1]));
    await slider.press('ArrowRight');
  }
  return values;
}

/** Returns a function that counts the runs of `docker stats` since its last call. */
function countNewRuns(service: TestService): () => number {
  let before = -1;
  return () => {
    const runs = service.docker.statsRuns - before;
    before = service.docker.statsRuns;
    return runs;
  };
}
