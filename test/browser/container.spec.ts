import type { Locator } from 'playwright-core';
import type { ContainerStats } from 'docker-stats-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { createContainer } from '../support/history/history-samples.js';
import { KEY } from '../support/service/test-app.js';
import { Browser } from './browser.js';
import { findLineGap } from './harness/chart-lines.js';
import { Dashboard } from './harness/dashboard.js';
import { idOf } from './harness/simulated-docker.js';
import { TestService } from './harness/test-service.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe.skipIf(NO_BROWSER)('The view of one container', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  /** Opens the page with the view of the container `web-1`, after ten minutes of history. */
  async function open(isSampledAt: (agoMs: number) => boolean = () => true): Promise<{
    service: TestService;
    dashboard: Dashboard;
    chart: (title: string) => Locator;
  }> {
    const service = await TestService.start();
    service.docker.set({ name: 'web-1', cpu: 10 }, { name: 'db-1', cpu: 20 });
    await service.addHistory(createHistory(isSampledAt));
    const dashboard = await Dashboard.open(browser, service.url);
    await dashboard.row('web-1').getByRole('link').click();
    const chart = (title: string): Locator =>
      dashboard.containerView
        .locator('.chart-panel')
        .filter({ has: dashboard.page.getByRole('heading', { name: title }) });
    await expect.poll(() => chart('CPU').locator('canvas').isVisible()).toBe(true);
    return { service, dashboard, chart };
  }

  it('has charts of CPU, memory, network, block I/O and processes over the history', async () => {
    const { dashboard, chart } = await open();
    const titles = dashboard.containerView.locator('.chart-panel').getByRole('heading');
    expect(await titles.allInnerTexts()).toEqual(['CPU', 'Memory', 'Network', 'Block I/O', 'Processes']);
    await expect.poll(() => chart('CPU').getByRole('img').getAttribute('aria-label')).toMatch(/maximum 77/);
    expect(await findLineGap(chart('CPU'))).toBeLessThan(0.05);
    expect(dashboard.problems).toEqual([]);
  });

  it('draws no line where nothing was sampled', async () => {
    const { chart } = await open((agoMs) => agoMs > 6 * MINUTE || agoMs < 3 * MINUTE);
    await expect.poll(() => findLineGap(chart('CPU'))).toBeGreaterThan(0.25);
    expect(await findLineGap(chart('CPU'))).toBeLessThan(0.35);
  });

  it('draws its lines again in the colours of another theme, of the system and of the user', async () => {
    const { dashboard, chart } = await open();
    const { page } = dashboard;
    const readColor = (): Promise<string> =>
      chart('CPU')
        .locator('header ul')
        .evaluate((legend) => getComputedStyle(legend).color);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(() => findLineGap(chart('CPU'))).toBeLessThan(0.05);
    const light = await readColor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(readColor).not.toBe(light);
    await expect.poll(() => findLineGap(chart('CPU'))).toBeLessThan(0.05);
    await page.evaluate(() => (document.documentElement.dataset['theme'] = 'light')); // as the menu does
    await expect.poll(readColor).toBe(light);
    await expect.poll(() => findLineGap(chart('CPU'))).toBeLessThan(0.05);
  });

  it('goes on with each sample', async () => {
    const { service, chart } = await open();
    service.docker.set({ name: 'web-1', cpu: 88 });
    await expect.poll(() => chart('CPU').locator('strong').innerText()).toMatch(/^88/);
  });

  it('shows the values under the pointer in all charts', async () => {
    const { chart } = await open();
    await expect.poll(() => chart('CPU').getByRole('img').getAttribute('aria-label')).toMatch(/maximum 77/);
    await chart('Memory').locator('.u-over').hover();
    await expect.poll(() => chart('CPU').locator('strong').innerText()).toMatch(/^77/);
    expect(await chart('Memory').locator('strong').innerText()).toMatch(/^256/);
  });

  it('zooms into a part of the time, and out again', async () => {
    const { dashboard, chart } = await open();
    const times = dashboard.containerView.locator('.chart-toolbar p');
    await expect.poll(() => times.innerText()).toMatch(/–/);
    const all = dashboard.page.getByRole('button', { name: 'All', exact: true });
    const lines = chart('CPU').locator('.u-over');
    const { x = 0, y = 0, width = 0, height = 0 } = (await lines.boundingBox()) ?? {};
    await dashboard.page.mouse.move(x + width * 0.45, y + height / 2);
    await dashboard.page.mouse.down();
    await dashboard.page.mouse.move(x + width * 0.55, y + height / 2, { steps: 4 });
    await dashboard.page.mouse.up();
    await expect.poll(() => all.getAttribute('aria-pressed')).toBe('false');
    await expect
      .poll(() => chart('Memory').getByRole('img').getAttribute('aria-label'))
      .toMatch(/minimum 256/);
    await lines.dblclick();
    await expect.poll(() => all.getAttribute('aria-pressed')).toBe('true');
    await dashboard.page.getByRole('button', { name: '1 min', exact: true }).click();
    await expect.poll(() => all.getAttribute('aria-pressed')).toBe('false');
  });

  it('has a URL, and closes by its button, by Escape and by the back button of the browser', async () => {
    const { service, dashboard } = await open();
    expect(dashboard.query.get('container')).toBe(idOf('web-1'));
    await dashboard.page.keyboard.press('Escape');
    await expect.poll(() => dashboard.containerView.count()).toBe(0);
    expect(dashboard.query.get('container')).toBeNull();
    await dashboard.row('db-1').getByRole('link').click();
    await dashboard.page.goBack();
    await expect.poll(() => dashboard.containerView.count()).toBe(0);
    const other = await Dashboard.open(browser, service.url, {
      search: `?container=${idOf('db-1')}#key=${KEY}`,
    });
    await expect
      .poll(() => other.containerView.getByRole('heading', { name: 'db-1' }).isVisible())
      .toBe(true);
    await other.containerView.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => other.containerView.count()).toBe(0);
    expect(other.problems).toEqual([]);
  });

  it('has a curl command without the key, and the JSON', async () => {
    const { service, dashboard } = await open();
    const view = dashboard.containerView;
    const command = await view.locator('.raw-command code').innerText();
    expect(command).toContain(`${service.url}/containers/${idOf('web-1')}/stats`);
    await view.getByText('JSON', { exact: true }).click();
    expect(JSON.parse(await view.locator('pre').innerText())).toMatchObject({ name: 'web-1', cpuUsage: 10 });
    expect(await view.innerHTML()).not.toContain(KEY);
  });

  it('says when the container has ended, and keeps its charts', async () => {
    const { service, dashboard, chart } = await open();
    service.docker.stop('web-1');
    await expect
      .poll(() => dashboard.containerView.locator('.container-presence').innerText())
      .toMatch(/ended/i);
    expect(await chart('CPU').locator('canvas').isVisible()).toBe(true);
  });

  it('says that the container is unknown', async () => {
    const service = await TestService.start();
    service.docker.set({ name: 'web-1' });
    const dashboard = await Dashboard.open(browser, service.url, {
      search: `?container=${'f'.repeat(64)}#key=${KEY}`,
    });
    await expect.poll(() => dashboard.containerView.innerText()).toMatch(/no container with this id/i);
  });
});

/** Ten minutes of `web-1`, with a sample every two seconds: in the middle, CPU and memory are high. */
function createHistory(isSampledAt: (agoMs: number) => boolean): [number, ContainerStats[]][] {
  return Array.from({ length: 299 }, (_, n) => 10 * MINUTE - n * 2 * SECOND)
    .filter(isSampledAt)
    .map((agoMs) => {
      const isHigh = Math.abs(agoMs - 5 * MINUTE) < MINUTE;
      return [
        agoMs,
        [
          createContainer(idOf('web-1'), {
            name: 'web-1',
            cpuUsage: isHigh ? 77 : 10,
            memoryUsage: isHigh ? 256 : 64,
            memoryLimit: 512,
          }),
        ],
      ];
    });
}
