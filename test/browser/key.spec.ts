import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { TemporaryFolder } from '../support/files/temporary-folder.js';
import { KEY } from '../support/service/test-app.js';
import { Browser } from './browser.js';
import { Dashboard } from './harness/dashboard.js';
import { TestService } from './harness/test-service.js';

const WRONG_KEY = 'wrong-key-0123456789';

async function startService(env: Record<string, string> = {}): Promise<TestService> {
  const service = await TestService.start(env);
  service.docker.set({ name: 'web-1' }, { name: 'db-1' });
  return service;
}

describe.skipIf(NO_BROWSER)('The API key in the page', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  it('is asked for, and sent as a header only', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search: '' });
    await expect.poll(() => dashboard.keyField.getAttribute('type')).toBe('password');
    await dashboard.enterKey();
    await expect.poll(dashboard.readNames).toEqual(['db-1', 'web-1']);
    expect(dashboard.requests.filter((request) => request.includes(KEY))).toEqual([]);
    expect(dashboard.page.url()).toBe(`${url}/`);
    expect(dashboard.problems).toEqual([]);
  });

  it.each([
    ['the fragment', `?filter=web#key=${KEY}`],
    ['the query', `?api_key=${KEY}&filter=web`],
  ])('in %s of the URL is used and removed from the address bar', async (_name, search) => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search });
    await expect.poll(dashboard.readNames).toEqual(['web-1']);
    expect(dashboard.page.url()).toBe(`${url}/?filter=web`);
    expect(await dashboard.page.evaluate(() => history.length)).toBe(2); // the empty page, and this one
    const [document, ...requests] = dashboard.requests;
    expect(document).toMatch(/\?/);
    expect(requests.filter((request) => request.includes(KEY))).toEqual([]);
    expect(dashboard.problems).toEqual([]);
  });

  it('is kept for the session of the tab only, without further choice', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search: '' });
    await dashboard.enterKey();
    await expect.poll(dashboard.readNames).toHaveLength(2);
    await dashboard.page.reload();
    await expect.poll(dashboard.readNames).toHaveLength(2);
    const other = await dashboard.page.context().newPage();
    await other.goto(url);
    await expect.poll(() => other.getByLabel('API key', { exact: true }).isVisible()).toBe(true);
  });

  it('is kept on the device if the user wants it, until the user forgets it', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search: '' });
    await dashboard.page.getByLabel(/remember/i).check();
    await dashboard.enterKey();
    await expect.poll(dashboard.readNames).toHaveLength(2);
    const other = await dashboard.page.context().newPage();
    await other.goto(url);
    await expect.poll(() => other.locator('tbody th.name').count()).toBe(2);
    await other.getByText('Menu', { exact: true }).click();
    await other.getByRole('button', { name: /forget/i }).click();
    await expect.poll(() => other.getByLabel('API key', { exact: true }).isVisible()).toBe(true);
    expect(await other.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(KEY);
  });

  it('is asked for again if it is wrong, and the choice to remember it stays', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search: '' });
    await dashboard.page.getByLabel(/remember/i).check();
    await dashboard.enterKey(WRONG_KEY);
    await expect.poll(() => dashboard.page.getByRole('alert').innerText()).toMatch(/key/i);
    expect(await dashboard.page.getByLabel(/remember/i).isChecked()).toBe(true);
    await dashboard.page.keyboard.type(KEY); // replaces the wrong one
    await dashboard.page.keyboard.press('Enter');
    await expect.poll(dashboard.readNames).toHaveLength(2);
    expect(await dashboard.page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(
      WRONG_KEY,
    );
  });

  it.each([
    ['typed', ''],
    ['in the URL', `#key=${WRONG_KEY}`],
  ])('that is wrong and %s never shows the dashboard', async (_where, search) => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search, before: recordDashboard });
    if (search === '') await dashboard.enterKey(WRONG_KEY);
    await expect.poll(() => dashboard.page.getByRole('alert').innerText()).toMatch(/key/i);
    const wasShown = (): Promise<boolean> => dashboard.page.evaluate(() => window.wasDashboardShown === true);
    expect(await wasShown()).toBe(false);
    await dashboard.enterKey();
    await expect.poll(wasShown).toBe(true);
  });

  it('shows the dashboard before the first figures', async () => {
    const service = await startService();
    onTestFinished(service.docker.holdFigures());
    const dashboard = await Dashboard.open(browser, service.url, { search: '' });
    await dashboard.enterKey();
    await expect.poll(() => dashboard.page.locator('.dashboard').count()).toBe(1);
    expect(await dashboard.status.innerText()).toBe('Waiting');
  });

  it('is not shown as wrong while the service cannot check it: the page says why', async () => {
    const { url } = await startService({ STREAMS_MAX: '1' });
    const first = await Dashboard.open(browser, url);
    await expect.poll(first.readNames).toHaveLength(2);
    const second = await Dashboard.open(browser, url);
    await expect.poll(() => second.page.locator('.problem').innerText()).toMatch(/Too many streams/);
    expect(await second.page.locator('.dashboard').count()).toBe(0);
    await first.page.close();
    await second.page.getByRole('button', { name: 'Try now' }).click();
    await expect.poll(second.readNames).toHaveLength(2);
  });

  it.each([
    ['blocks its storage', blockStorage],
    ['has no room in its storage', fillStorage],
  ])('works in a browser that %s: it is kept in memory, and the page says so', async (_state, before) => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search: '', before });
    const { page } = dashboard;
    await page.getByLabel(/remember/i).check();
    await dashboard.enterKey();
    await expect.poll(dashboard.readNames).toHaveLength(2);
    await expect
      .poll(() => page.locator('.problem').innerText())
      .toMatch(/not stored.*asks for the key again/);
    await page.getByText('Menu', { exact: true }).click();
    await page.getByLabel('Colours').selectOption('dark');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.getByRole('button', { name: 'OK' }).click();
    expect(await page.locator('.problem').count()).toBe(0);
    await page.reload();
    await expect.poll(() => dashboard.keyField.isVisible()).toBe(true);
    expect(dashboard.problems).toEqual([]);
  });

  it('with a scope shows the containers of the scope only', async () => {
    const { url } = await startService({ API_KEYS: `web:${KEY};containers=web-*` });
    const dashboard = await Dashboard.open(browser, url);
    await expect.poll(dashboard.readNames).toEqual(['web-1']);
  });

  it('that has expired is refused', async () => {
    const { url } = await startService({ API_KEYS: `old:${KEY};expires=2026-01-31` });
    const dashboard = await Dashboard.open(browser, url);
    await expect.poll(() => dashboard.page.getByRole('alert').innerText()).toMatch(/key/i);
    expect(await dashboard.keyField.isVisible()).toBe(true);
  });

  it('that is removed while the page is open is asked for again, and the view is kept', async () => {
    const folder = new TemporaryFolder();
    const keys = folder.write('keys.txt', `team:${KEY}\n`);
    const { url } = await startService({ API_KEYS: '', API_KEYS_FILE: keys });
    const dashboard = await Dashboard.open(browser, url, { search: `?filter=web#key=${KEY}` });
    await expect.poll(dashboard.readNames).toEqual(['web-1']);
    const nextKey = 'next-key-0123456789';
    folder.write('keys.txt', `team:${nextKey}\n`);
    await expect.poll(() => dashboard.keyField.isVisible(), { timeout: 10_000 }).toBe(true);
    await dashboard.enterKey(nextKey);
    await expect.poll(dashboard.readNames).toEqual(['web-1']);
    expect(dashboard.page.url()).toBe(`${url}/?filter=web`);
  });
});

declare global {
  interface Window {
    wasDashboardShown?: boolean;
  }
}

/** Runs in the page: records whether the dashboard was in the document, even for a moment. */
function recordDashboard(): void {
  new MutationObserver((records) => {
    const added = records.flatMap(({ addedNodes }) => [...addedNodes]);
    window.wasDashboardShown ||= added.some(
      (node) => node instanceof Element && (node.matches('.dashboard') || node.querySelector('.dashboard')),
    );
  }).observe(document, { childList: true, subtree: true });
}

/** Runs in the page: as a browser that blocks all cookies. */
function blockStorage(): void {
  for (const name of ['sessionStorage', 'localStorage']) {
    Object.defineProperty(window, name, {
      get: () => {
        throw new DOMException('Access is denied for this document', 'SecurityError');
      },
    });
  }
}

/** Runs in the page. */
function fillStorage(): void {
  Storage.prototype.setItem = () => {
    throw new DOMException('The quota has been exceeded', 'QuotaExceededError');
  };
}
