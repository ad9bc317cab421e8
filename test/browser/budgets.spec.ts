import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { KEY } from '../support/service/test-app.js';
import { Browser } from './browser.js';
import { Dashboard } from './harness/dashboard.js';
import { findMainThreadTasks, LoadedFiles, recordLayoutShifts } from './harness/measure.js';
import { TestService } from './harness/test-service.js';

const KIB = 1024;
const MAX_FIRST_VIEW = 30 * KIB;
const MAX_WITH_CHARTS = 60 * KIB;
/** The goal is 300 ms. On two busy cores, which the service and the browser share, it takes 160 to 660 ms, half of the times less than 325. */
const MAX_FIRST_FIGURES_MS = 450;

/**
 * The goal is 16 ms. Without a graphics card it takes about 28 ms: 6 ms to read the sample, 5 ms to arrange it and to write what
 * changed, 13 ms to lay out and paint the rows in sight, and the housekeeping of tasks.
 */
const MAX_UPDATE_MS = 60;

const SAMPLES = 5;

async function startService(containers: number, env: Record<string, string> = {}): Promise<TestService> {
  const service = await TestService.start(env);
  service.docker.set(
    ...Array.from({ length: containers }, (_, n) => ({
      name: nameContainer(n),
      project: `p-${n % 7}`,
      cpu: n % 100,
    })),
  );
  return service;
}

describe.skipIf(NO_BROWSER)('The cost of the page', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  it('is at most 30 KB for the first view and 60 KB with charts', async () => {
    const { url } = await startService(20);
    const { page } = await browser.open();
    const files = new LoadedFiles(page);
    await page.goto(`${url}/#key=${KEY}`);
    await page.locator('tbody th.name a').first().waitFor();
    const firstView = await files.countBytes();
    console.log(`first view: ${firstView} bytes: ${files.paths.join(' ')}`);
    expect(firstView).toBeGreaterThan(5 * KIB);
    expect(firstView).toBeLessThanOrEqual(MAX_FIRST_VIEW);
    await page.locator('tbody th.name a').first().click();
    await page.locator('canvas').first().waitFor();
    const withCharts = await files.countBytes();
    console.log(`with charts: ${withCharts} bytes`);
    expect(withCharts).toBeLessThanOrEqual(MAX_WITH_CHARTS);
    expect(withCharts).toBeGreaterThan(firstView);
  });

  it('is bounded from the key to the first figures, if a sample is at hand', async () => {
    const service = await startService(20, { STATS_MAX_AGE_MS: '60000' });
    const times: number[] = [];
    for (let n = 0; n < 8; n++) {
      await service.readMetric('docker_up'); // takes a sample
      const dashboard = await Dashboard.open(browser, service.url, { search: '' });
      await dashboard.keyField.fill(KEY);
      times.push(await dashboard.page.evaluate(submitKey));
      await dashboard.page.context().close(); // an open page would take time from the next one
    }
    console.log(`first figures: ${times.map(Math.round).join(', ')} ms`);
    expect(Math.min(...times)).toBeLessThan(MAX_FIRST_FIGURES_MS); // the machine may be busy for a moment
  });

  it('is no layout shift, from the empty page to the next samples', async () => {
    const service = await startService(30);
    const { page } = await browser.open();
    const readLayoutShift = await recordLayoutShifts(page);
    await page.goto(`${service.url}/#key=${KEY}`);
    await page.locator('tbody th.name a').first().waitFor();
    service.docker.set({ name: 'c-00001', cpu: 1234.5, memoryMiB: 511.1 });
    await page
      .getByText(/1,?23[45]/)
      .first()
      .waitFor();
    expect(await readLayoutShift()).toBe(0);
  });

  it('is bounded for an update of 1,000 containers in the main thread', async () => {
    const service = await startService(1000, { STATS_INTERVAL_MS: '1000' });
    const dashboard = await Dashboard.open(browser, service.url);
    await expect.poll(dashboard.readNames).not.toEqual([]);
    // Nothing asks the page meanwhile: that would take its main thread, too.
    const events = await browser.trace(dashboard.page, async () => {
      for (let n = 1; n <= SAMPLES; n++) await takeSample(service, n * 10);
    });
    const tasks = findMainThreadTasks(events);
    const total = tasks.reduce((sum, ms) => sum + ms, 0);
    console.log(
      `1,000 containers: ${(total / SAMPLES).toFixed(1)} ms an update, longest task ${Math.max(...tasks).toFixed(1)} ms`,
    );
    expect(total / SAMPLES).toBeLessThan(MAX_UPDATE_MS);
  });

  it('is bearable with 10,000 containers: the page opens, scrolls and filters', async () => {
    const service = await startService(10_000, { STATS_INTERVAL_MS: '5000' });
    const dashboard = await Dashboard.open(browser, service.url, { search: `?sort=name#key=${KEY}` });
    await expect.poll(dashboard.readNames, { timeout: 10_000 }).toContain('c-00000');
    await dashboard.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect.poll(dashboard.readNames).toContain('c-09999');
    await dashboard.filter.fill('c-0123?');
    await expect.poll(dashboard.readNames).toHaveLength(10);
    expect(dashboard.problems).toEqual([]);
  });
});

/** Runs in the page: submits the key, and returns the milliseconds until the first row is there. */
function submitKey(): Promise<number> {
  const start = performance.now();
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector('tbody th.name a') !== null) resolve(performance.now() - start);
    });
    observer.observe(document.body, { childList: true, subtree: true });
    document.querySelector('form')?.requestSubmit();
  });
}

/** Changes the figures of all containers, and waits for the next sample. */
async function takeSample({ docker }: TestService, cpu: number): Promise<void> {
  for (let n = 0; n < 1000; n++) docker.set({ name: nameContainer(n), cpu: cpu + n / 100 });
  const { statsRuns } = docker;
  await expect.poll(() => docker.statsRuns).toBeGreaterThan(statsRuns);
}

function nameContainer(n: number): string {
  return `c-${String(n).padStart(5, '0')}`;
}
