import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { Browser } from './browser.js';
import { Dashboard } from './harness/dashboard.js';
import { findMisplaced, MAX_LAYOUT_SHIFT, recordLayoutShifts } from './harness/measure.js';
import { TestService } from './harness/test-service.js';

const KEY_FRAGMENT = '#key=test-key-0123456789';

async function startService(): Promise<TestService> {
  const service = await TestService.start();
  service.docker.set(
    { name: 'web-1', cpu: 20, memoryMiB: 324 },
    { name: 'db-1', cpu: 5, memoryMiB: 400, image: 'postgres:18' },
    { name: 'runner', project: 'ci', cpu: 150, memoryMiB: 100, image: 'demo/runner:2.4' },
    { name: 'web-2', cpu: 10, memoryMiB: 200 },
  );
  return service;
}

describe.skipIf(NO_BROWSER)('The table of the page', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  it('shows CPU in % of a core and in cores, and memory with its limit', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url);
    await expect.poll(() => dashboard.figure('runner', 'cpuUsage').innerText()).toMatch(/^150(\.0+)?\s%$/);
    expect(await dashboard.row('db-1').locator('.memoryUsage').innerText()).toMatch(
      /^400(\.0+)?\sMiB\s*of 512(\.0+)?\sMiB$/,
    );
    await dashboard.page.getByLabel('CPU in').selectOption('cores');
    await expect
      .poll(() => dashboard.figure('runner', 'cpuUsage').innerText())
      .toMatch(/^1\.50?0?(\scores)?$/);
    expect(dashboard.query.get('cpu')).toBe('cores');
  });

  it('has the sums of all containers above it', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url);
    const totals = dashboard.page.getByRole('banner').getByRole('definition');
    await expect
      .poll(() => totals.allInnerTexts())
      .toEqual(['4', '1.85 cores', expect.stringMatching(/^1.0+\sGiB$/)]);
  });

  it('sorts by a column, in both orders', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url);
    const cpu = dashboard.header('CPU');
    await expect.poll(dashboard.readNames).toEqual(['runner', 'web-1', 'web-2', 'db-1']);
    expect(await cpu.getAttribute('aria-sort')).toBe('descending');
    await cpu.getByRole('button').click();
    await expect.poll(dashboard.readNames).toEqual(['db-1', 'web-2', 'web-1', 'runner']);
    expect(await cpu.getAttribute('aria-sort')).toBe('ascending');
    await dashboard.header('Memory').getByRole('button').click();
    await expect.poll(dashboard.readNames).toEqual(['db-1', 'web-1', 'web-2', 'runner']);
    expect(await cpu.getAttribute('aria-sort')).toBe('none');
  });

  it.each([
    ['web', ['web-1', 'web-2']],
    ['WEB -2', ['web-2']],
    ['post', ['db-1']],
    ['project:ci', ['runner']],
    ['*-1', ['db-1', 'web-1']],
    ['image:nginx* name:?eb-1', ['web-1']],
    ['<b>', []],
  ])('filters by %j as it is typed', async (text, names) => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search: `?sort=name${KEY_FRAGMENT}` });
    await expect.poll(dashboard.readNames).toHaveLength(4);
    await dashboard.filter.pressSequentially(text);
    await expect.poll(dashboard.readNames).toEqual(names);
    expect(dashboard.query.get('filter')).toBe(text);
  });

  it('says that nothing matches, and shows everything again', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search: `?filter=nothing${KEY_FRAGMENT}` });
    await expect.poll(() => dashboard.page.locator('.empty').innerText()).toMatch(/nothing/);
    await dashboard.page.getByRole('button', { name: /clear/i }).click();
    await expect.poll(dashboard.readNames).toHaveLength(4);
  });

  it('says that no container runs', async () => {
    const { url } = await TestService.start();
    const dashboard = await Dashboard.open(browser, url);
    await expect.poll(() => dashboard.page.locator('.empty').innerText()).toMatch(/no containers/i);
  });

  it('groups by project with sums, which collapse', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url);
    await dashboard.page.getByRole('checkbox', { name: /group/i }).check();
    const shop = dashboard.page.getByRole('button', { name: /^shop/ });
    await expect.poll(() => shop.innerText()).toMatch(/3 containers/);
    const sums = dashboard.page.locator('tr.group').filter({ has: shop });
    expect(await sums.locator('.cpuUsage .figure').innerText()).toMatch(/^35(\.0+)?\s%$/);
    expect(await sums.locator('.memoryUsage .figure').innerText()).toMatch(/^924(\.0+)?\sMiB$/);
    await shop.click();
    expect(await shop.getAttribute('aria-expanded')).toBe('false');
    await expect.poll(dashboard.readNames).not.toContain('web-1');
    await shop.click();
    await expect.poll(dashboard.readNames).toContain('web-1');
  });

  it('is the same with its collapsed groups for everybody who opens its URL', async () => {
    const { url, docker } = await startService();
    docker.set({ name: 'single', project: '' });
    const dashboard = await Dashboard.open(browser, url, { search: `?group=project${KEY_FRAGMENT}` });
    await dashboard.page.getByRole('button', { name: /^shop/ }).click();
    await dashboard.page.getByRole('button', { name: /^No project/ }).click();
    expect(dashboard.query.getAll('collapsed')).toEqual(['shop', '']);
    const { search } = new URL(dashboard.page.url());
    const other = await Dashboard.open(browser, url, { search: search + KEY_FRAGMENT });
    await expect
      .poll(() => other.page.locator('tbody .name').allInnerTexts())
      .toEqual([
        expect.stringMatching(/^ci/),
        'runner',
        expect.stringMatching(/^shop/),
        expect.stringMatching(/^No project/),
      ]);
  });

  it.each([1280, 360])(
    'has empty rows while the first figures load, at %i px; nothing moves',
    async (width) => {
      const service = await startService();
      const release = service.docker.holdFigures();
      onTestFinished(release);
      const { page } = await browser.open({ viewport: { width, height: 720 } });
      const readLayoutShift = await recordLayoutShifts(page);
      await page.goto(`${service.url}/${KEY_FRAGMENT}`);
      const table = page.getByRole('table');
      const rows = page.locator('tbody tr:not(.space)');
      await expect.poll(() => rows.count()).toBeGreaterThan(5);
      expect(await table.getAttribute('aria-busy')).toBe('true');
      const boxes = await readBoxes(rows.first());
      await page.getByRole('searchbox').fill('web');
      release();
      await expect
        .poll(() => rows.allInnerTexts())
        .toEqual([expect.stringMatching(/web-1/), expect.stringMatching(/web-2/)]);
      expect(await table.getAttribute('aria-busy')).toBe('false');
      expect(await readBoxes(rows.first())).toEqual(boxes);
      expect(await page.getByRole('searchbox').evaluate((field) => field === document.activeElement)).toBe(
        true,
      );
      expect(await readLayoutShift()).toBeLessThan(MAX_LAYOUT_SHIFT);
    },
  );

  it('is the same for everybody who opens its URL', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url);
    await expect.poll(dashboard.readNames).toHaveLength(4);
    await dashboard.header('Memory').getByRole('button').click();
    await dashboard.filter.fill('-');
    await expect.poll(dashboard.readNames).toEqual(['db-1', 'web-1', 'web-2']);
    const { search } = new URL(dashboard.page.url());
    expect(search).not.toContain('key');
    const other = await Dashboard.open(browser, url, { search: search + KEY_FRAGMENT });
    await expect.poll(other.readNames).toEqual(['db-1', 'web-1', 'web-2']);
    expect(await other.filter.inputValue()).toBe('-');
  });

  it('has nothing cut off and nothing over something else above it, at any width', async () => {
    const { url, docker } = await startService();
    const dashboard = await Dashboard.open(browser, url);
    await expect.poll(dashboard.readNames).toHaveLength(4);
    docker.isUp = false;
    await expect.poll(() => dashboard.status.innerText()).toMatch(/Sampling fails/);
    for (const width of [360, 480, 760, 899, 900, 1024, 1179, 1180, 1280]) {
      await dashboard.page.setViewportSize({ width, height: 720 });
      const parts = dashboard.page.locator('.page-header :is(.totals, .status, .cpu-unit, .menu)');
      expect(await findMisplaced(parts), `${width} px`).toEqual([]);
    }
    await dashboard.row('web-1').getByRole('link').click();
    for (const width of [360, 760, 1280]) {
      await dashboard.page.setViewportSize({ width, height: 720 });
      expect(await findMisplaced(dashboard.page.locator('.container-header > *')), `${width} px`).toEqual([]);
    }
  });

  it.each([360, 760, 1280])('shows the names on the wall screen, at %i px', async (width) => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, {
      search: `?wall=1${KEY_FRAGMENT}`,
      context: { viewport: { width, height: 720 } },
    });
    const name = dashboard.page.getByText('runner', { exact: true });
    await expect.poll(() => name.count()).toBe(1);
    expect((await name.locator('..').boundingBox())?.width).toBeGreaterThan(width / 5);
  });

  it('keeps the place of each row while the pointer is on it', async () => {
    const { url, docker } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search: `?sort=-cpuUsage${KEY_FRAGMENT}` });
    await expect.poll(dashboard.readNames).toEqual(['runner', 'web-1', 'web-2', 'db-1']);
    await dashboard.row('web-2').hover();
    docker.set({ name: 'db-1', cpu: 300 });
    await expect.poll(() => dashboard.figure('db-1', 'cpuUsage').innerText()).toMatch(/^300/);
    expect(await dashboard.readNames()).toEqual(['runner', 'web-1', 'web-2', 'db-1']);
    await dashboard.filter.hover();
    await expect.poll(dashboard.readNames).toEqual(['db-1', 'runner', 'web-1', 'web-2']);
  });

  it.each([
    ['that try to be HTML', '<img src=x onerror=alert(1)>'],
    ['that are written from right to left', 'خدمة-قاعدة-البيانات'],
    ['that reverse the direction of text', 'web\u202Egnp.exe'],
    ['that are very long', 'a'.repeat(200)],
    ['of properties of objects', '__proto__'],
  ])('shows names %s as text, within its width', async (_description, name) => {
    const service = await TestService.start();
    service.docker.set({ name, project: name, image: name }, { name: 'web-1' });
    const dashboard = await Dashboard.open(browser, service.url);
    await expect.poll(dashboard.readNames).toContain(name);
    expect(await dashboard.page.locator('img').count()).toBe(0);
    expect(await dashboard.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(dashboard.problems).toEqual([]);
  });

  it('has only the rows in sight in the document, and scrolls to all others', async () => {
    const service = await TestService.start({ STATS_INTERVAL_MS: '2000' });
    service.docker.set(
      ...Array.from({ length: 1000 }, (_, n) => ({ name: `c-${String(n).padStart(4, '0')}` })),
    );
    const dashboard = await Dashboard.open(browser, service.url, { search: `?sort=name${KEY_FRAGMENT}` });
    await expect.poll(async () => (await dashboard.readNames())[0]).toBe('c-0000');
    expect((await dashboard.readNames()).length).toBeLessThan(100);
    expect(await dashboard.page.getByRole('table').getAttribute('aria-rowcount')).toBe('1001');
    await dashboard.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect.poll(async () => (await dashboard.readNames()).at(-1)).toBe('c-0999');
    expect(await dashboard.row('c-0999').getAttribute('aria-rowindex')).toBe('1001');
  });
});

/** The place and size of each cell of a row. */
function readBoxes(row: Locator): Promise<DOMRect[]> {
  return row.evaluate(({ children }) =>
    [...children].map((cell) => cell.getBoundingClientRect().toJSON() as DOMRect),
  );
}
