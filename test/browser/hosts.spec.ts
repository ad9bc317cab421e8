import type { BrowserContextOptions, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContainer } from '../support/history/history-samples.js';
import { KEY } from '../support/service/test-app.js';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { Browser } from './browser.js';
import { Dashboard } from './harness/dashboard.js';
import { findViolations } from './harness/axe.js';
import { recordLayoutShifts } from './harness/measure.js';
import { idOf } from './harness/simulated-docker.js';
import { TestService } from './harness/test-service.js';

const WITH_KEY = `#key=${KEY}`;
const PHONE = { viewport: { width: 360, height: 740 } };

/** Starts a service with these Docker hosts. Each has a container `app` of the same id, and one of its own. */
async function startService(...hosts: string[]): Promise<TestService> {
  const service = await TestService.start({
    DOCKER_HOSTS: hosts.map((host) => `${host}=tcp://${host}`).join(),
    DOCKER_CONCURRENCY: '50',
    STATS_INTERVAL_MS: hosts.length > 10 ? '2000' : '200',
  });
  hosts.forEach((host, n) =>
    service.docker
      .getHost(`tcp://${host}`)
      .set({ name: 'app', cpu: 10 * (n + 1), project: 'shop' }, { name: `on-${host}`, project: 'own' }),
  );
  return service;
}

/** Reads texts, each in one line with usual spaces. */
async function readTexts(locator: Locator): Promise<string[]> {
  return (await locator.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
}

/** The states in the list of hosts, from left to right. */
function readStates({ page }: Dashboard): Promise<string[]> {
  return readTexts(page.getByRole('list', { name: 'Docker hosts' }).getByRole('button'));
}

/** The hosts in their column, from top to bottom. */
function readHosts({ page }: Dashboard): Promise<string[]> {
  return page.locator('tbody td.host').allInnerTexts();
}

describe.skipIf(NO_BROWSER)('The page, with several Docker hosts', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  function open(
    { url }: TestService,
    search = WITH_KEY,
    context: BrowserContextOptions = {},
  ): Promise<Dashboard> {
    return Dashboard.open(browser, url, { search, context });
  }

  it('shows the host of each container in a column that sorts', async () => {
    const dashboard = await open(await startService('web1', 'web2'));
    await expect.poll(dashboard.readNames).toEqual(['app', 'app', 'on-web1', 'on-web2']);
    expect(await readHosts(dashboard)).toEqual(['web2', 'web1', 'web1', 'web2']);
    await dashboard.header('Host').getByRole('button').click();
    expect(await readHosts(dashboard)).toEqual(['web1', 'web1', 'web2', 'web2']);
    expect(dashboard.query.get('sort')).toBe('host');
    expect(dashboard.problems).toEqual([]);
  });

  it('shows only one host after a click on it, and all after another click; the URL has the choice', async () => {
    const dashboard = await open(await startService('web1', 'web10'));
    const host = dashboard.page.getByRole('button', { name: /^web1 / });
    await host.click();
    await expect.poll(dashboard.readNames).toEqual(['app', 'on-web1']);
    expect(dashboard.query.get('filter')).toBe('host:web1');
    expect(await host.getAttribute('aria-pressed')).toBe('true');
    await dashboard.page.reload();
    await expect.poll(dashboard.readNames).toEqual(['app', 'on-web1']);
    await host.click();
    await expect.poll(dashboard.readNames).toHaveLength(4);
  });

  it('groups by host, with the sums of each', async () => {
    const dashboard = await open(await startService('web1', 'web2'));
    await dashboard.page.getByLabel('Group by host').check();
    await expect.poll(dashboard.readNames).toEqual(['web2', 'app', 'on-web2', 'web1', 'app', 'on-web1']);
    expect(await readTexts(dashboard.page.locator('tr.group .cpuUsage'))).toEqual(['21.0 %', '11.0 %']);
    await dashboard.page.getByRole('button', { name: 'web2 2 containers' }).click();
    await expect.poll(dashboard.readNames).toEqual(['web2', 'web1', 'app', 'on-web1']);
    expect(dashboard.query.toString()).toBe('group=host&collapsed=web2');
    await dashboard.page.getByLabel('Group by project').check();
    await expect.poll(dashboard.readNames).toEqual(['shop', 'app', 'app', 'own', 'on-web1', 'on-web2']);
  });

  it('shows why and since when a host is down, and that it is up again', async () => {
    const service = await startService('web1', 'web2');
    const dashboard = await open(service);
    await expect.poll(() => readStates(dashboard)).toEqual(['web1 2 running', 'web2 2 running']);
    service.docker.getHost('tcp://web2').isUp = false;
    await expect
      .poll(() => readStates(dashboard), { timeout: 15_000 })
      .toEqual([expect.stringMatching(/^web2 down \d+ s$/), 'web1 2 running']);
    const title = await dashboard.page.getByRole('button', { name: /^web2 down/ }).getAttribute('title');
    expect(title).toMatch(/^web2: Since .+: The Docker daemon is not running/);
    expect(await dashboard.row('web2').innerText()).toMatch(/No figures\. Since .+: The Docker daemon/);
    expect(await dashboard.status.innerText()).toContain('Live');
    service.docker.getHost('tcp://web2').isUp = true;
    await expect
      .poll(() => readStates(dashboard), { timeout: 15_000 })
      .toEqual(['web1 2 running', 'web2 2 running']);
  });

  it('opens the right one of two containers with the same id and name, also from its link', async () => {
    const dashboard = await open(
      await startService('web1', 'web2'),
      `?filter=host:web1&sort=name${WITH_KEY}`,
    );
    await dashboard.page.getByRole('link', { name: 'app' }).click();
    await expect.poll(() => dashboard.containerView.locator('canvas').count()).toBe(5);
    expect(dashboard.query.get('container')).toBe(idOf('app'));
    expect(dashboard.query.get('host')).toBe('web1');
    await dashboard.page.reload();
    const view = dashboard.containerView;
    await expect.poll(() => view.locator('.container-facts').innerText()).toMatch(/Host\s+web1/);
    expect((await readTexts(view.locator('.chart-panel strong')))[0]).toBe('10.0 %');
    expect(await view.locator('.raw-command code').innerText()).toContain(
      `/hosts/web1/containers/${idOf('app')}/stats`,
    );
    const histories = dashboard.requests.filter((url) => url.includes('/containers/'));
    expect(new Set(histories.map((url) => new URL(url).pathname))).toEqual(
      new Set([`/hosts/web1/containers/${idOf('app')}/stats/history`]),
    );
    expect(dashboard.problems).toEqual([]);
  });

  it('draws the lines of each host from its history', async () => {
    const service = await startService('web1', 'web2');
    for (const host of ['web1', 'web2']) {
      const app = createContainer(idOf('app'), { host, name: 'app' });
      const samples = Array.from({ length: 30 }, (_, n) => [(60 - n) * 1000, [app]] as const);
      await service.addHistory(
        samples.map(([agoMs, containers]) => [agoMs, [...containers]]),
        host,
      );
    }
    const dashboard = await open(service);
    const lines = dashboard.page.locator('tr', { hasText: 'app' }).locator('.cpuUsage .sparkline path');
    await expect.poll(() => lines.count()).toBe(2);
    for (const n of [0, 1]) {
      await expect.poll(() => lines.nth(n).getAttribute('d')).toMatch(/^M[\d.]+ [\d.]+h0(L[\d. ]+){5}/);
    }
    expect(dashboard.requests.filter((url) => url.includes('/history'))).toHaveLength(1);
  });

  it('shows the hosts on the wall screen', async () => {
    const dashboard = await open(await startService('web1', 'web2'), `?wall=1${WITH_KEY}`);
    const names = dashboard.page.getByRole('rowheader').locator('bdi');
    await expect
      .poll(() => names.allInnerTexts())
      .toEqual(['web2/app', 'web1/app', 'web1/on-web1', 'web2/on-web2']);
    expect(await readStates(dashboard)).toEqual(['web1 2 running', 'web2 2 running']);
  });

  it('moves nothing when the first figures are late and when a host fails', async () => {
    const service = await startService('web1', 'web2');
    const release = ['web1', 'web2'].map((host) => service.docker.getHost(`tcp://${host}`).holdFigures());
    const opened = await browser.open();
    const readLayoutShift = await recordLayoutShifts(opened.page);
    await opened.page.goto(`${service.url}/${WITH_KEY}`);
    await opened.page.locator('.skeleton').first().waitFor();
    release.forEach((end) => end());
    await opened.page.getByText('2 running').first().waitFor();
    service.docker.getHost('tcp://web2').isUp = false;
    await opened.page.getByText(/^down \d/).waitFor();
    expect(await readLayoutShift()).toBe(0);
  });

  it('fits 50 hosts on a phone: those that are down are in sight, and each row has its host', async () => {
    const hosts = Array.from({ length: 50 }, (_, n) => `host-${n}`);
    const service = await startService(...hosts);
    service.docker.getHost('tcp://host-44').isUp = false;
    const dashboard = await open(service, `?sort=name${WITH_KEY}`, PHONE);
    await expect.poll(() => readStates(dashboard), { timeout: 15_000 }).toHaveLength(50);
    await expect
      .poll(async () => (await readStates(dashboard))[0], { timeout: 15_000 })
      .toMatch(/^host-44 down/);
    const { page } = dashboard;
    expect(await page.getByRole('button', { name: /^host-44/ }).boundingBox()).toMatchObject({ x: 12 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.viewport.width);
    expect((await page.locator('.hosts').boundingBox())?.height).toBeLessThan(110);
    expect(await page.locator('tbody .second-line').first().innerText()).toMatch(/^host-\d+ \/ shop/);
    expect(await findViolations(page)).toEqual([]);
  });

  it.each([[{}], [{ DOCKER_HOSTS: 'web1=tcp://web1' }]])(
    'says nothing about hosts if there is only one, with the settings %o',
    async (env) => {
      const service = await TestService.start(env);
      service.docker.set({ name: 'app' });
      const dashboard = await open(service);
      await expect.poll(dashboard.readNames).toEqual(['app']);
      expect(await dashboard.page.getByText(/host/i).count()).toBe(0);
      expect(await dashboard.filter.getAttribute('placeholder')).toBe('Filter by name, project or image');
      await dashboard.page.getByRole('link', { name: 'app' }).click();
      await expect.poll(() => dashboard.containerView.locator('canvas').count()).toBe(5);
      expect(dashboard.problems).toEqual([]);
    },
  );
});
