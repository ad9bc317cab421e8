import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { ServiceProcess } from '../support/service/service-process.js';
import { KEY } from '../support/service/test-app.js';
import { Browser } from './browser.js';

const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as { paths: Record<string, object> };
const OPERATIONS = Object.values(paths).flatMap((path) => Object.keys(path)).length;

const SOON = { timeout: 15_000 };

describe.skipIf(NO_BROWSER)('/docs in Chromium', () => {
  const browser = new Browser();
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    service = new ServiceProcess({ DEMO: 'true', API_KEYS: KEY });
    [url] = await Promise.all([service.waitForUrl(), browser.start()]);
  });
  afterAll(async () => {
    service.kill('SIGKILL');
    await browser.destroy();
  });

  it('shows all operations of the document, also after a reload', async () => {
    const { page, problems } = await browser.open();
    const shown = (): Promise<number> => page.locator('.opblock').count();
    const loads = [() => page.goto(`${url}/docs`), () => page.reload(), () => page.reload()];
    for (const load of loads) {
      await load();
      await expect.poll(shown, SOON).toBe(OPERATIONS);
    }
    expect(problems).toEqual([]);
  });

  it('offers the API key as a header first and as a query parameter last', async () => {
    const { page } = await browser.open();
    await page.goto(`${url}/docs`);
    await page.locator('.btn.authorize').click();
    const schemes = page.locator('.auth-container');
    const focused = schemes.filter({ has: page.locator('input:focus') });
    await expect.poll(() => focused.allInnerTexts(), SOON).toEqual([expect.stringContaining('X-API-Key')]);
    const texts = await schemes.allInnerTexts();
    expect(texts[0]).toContain('X-API-Key');
    expect(texts[1]).toContain('Bearer');
    expect(texts.at(-1)).toContain('In: query');
  });

  it('sends a request with the API key', async () => {
    const { page, problems } = await browser.open();
    await page.goto(`${url}/docs`);
    await page.locator('.btn.authorize').click();
    await expect.poll(() => page.locator('input:focus').count(), SOON).toBe(1);
    await page.keyboard.type(KEY);
    await page.keyboard.press('Enter');
    await page.locator('.btn-done').first().click();
    await page.locator('#operations-stats-listStats button').first().click();
    await page.locator('.btn.execute').click();
    const response = page.locator('.live-responses-table tbody');
    await expect.poll(() => response.allInnerTexts(), SOON).toEqual([expect.stringContaining('demo-web-1')]);
    expect(await page.locator('.curl').innerText()).toContain('X-API-Key');
    expect(problems).toEqual([]);
  });
});
