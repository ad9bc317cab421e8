import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

  it('is asked for again if it is wrong', async () => {
    const { url } = await startService();
    const dashboard = await Dashboard.open(browser, url, { search: '' });
    await dashboard.enterKey(WRONG_KEY);
    await expect.poll(() => dashboard.page.getByRole('alert').innerText()).toMatch(/key/i);
    await dashboard.enterKey();
    await expect.poll(dashboard.readNames).toHaveLength(2);
    expect(await dashboard.page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(
      WRONG_KEY,
    );
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
