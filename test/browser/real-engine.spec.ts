import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerEngine } from '../support/engines/docker-engine.js';
import { startBusy, startHolder } from '../support/engines/known-load.js';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { NO_DOCKER_ENGINE } from '../support/vitest/docker-availability.js';
import { ServiceProcess } from '../support/service/service-process.js';
import { KEY } from '../support/service/test-app.js';
import { Browser } from './browser.js';
import { Dashboard } from './harness/dashboard.js';

/** A sample of a real engine takes two seconds. */
const SOON = { timeout: 15_000 };

describe.skipIf(NO_BROWSER ?? NO_DOCKER_ENGINE)('The page with a real Docker engine', () => {
  const browser = new Browser();
  const engine = new DockerEngine();
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    await engine.start();
    await Promise.all([startBusy(engine), startHolder(engine), browser.start()]);
    service = new ServiceProcess({ DOCKER_HOST: engine.host, API_KEYS: KEY });
    url = await service.waitForUrl();
  });
  afterAll(async () => {
    service.kill('SIGKILL');
    await browser.destroy();
    await engine.destroy();
  });

  it('shows the busiest container first, and what changes', async () => {
    const dashboard = await Dashboard.open(browser, url, { search: `?sort=-cpuUsage#key=${KEY}` });
    await expect.poll(dashboard.readNames, SOON).toEqual(['busy', 'holder']);
    const readCpu = async (): Promise<number> =>
      parseFloat(await dashboard.figure('busy', 'cpuUsage').innerText());
    await expect.poll(readCpu, SOON).toBeGreaterThan(12); // it is less at the start, and while the machine is busy
    expect(await readCpu()).toBeLessThan(28);
    await engine.docker('pause', 'busy');
    await expect
      .poll(() => dashboard.row('busy').locator('.health-status').innerText(), SOON)
      .toContain('paused');
    await engine.runContainer('new', 'sleep 1000');
    await expect.poll(dashboard.readNames, SOON).toContain('new');
    await engine.docker('rm', '-f', 'new');
    await expect.poll(dashboard.readNames, SOON).not.toContain('new');
    await engine.docker('unpause', 'busy');
    expect(dashboard.problems).toEqual([]);
  });

  it('shows the charts of a container', async () => {
    const dashboard = await Dashboard.open(browser, url);
    await expect.poll(dashboard.readNames, SOON).toContain('holder');
    await dashboard.row('holder').getByRole('link').click();
    const memory = dashboard.containerView.getByRole('img', { name: /^Memory/ });
    await expect.poll(() => memory.getAttribute('aria-label'), SOON).toMatch(/maximum 5\d(\.\d+)?\sMiB/);
    expect(dashboard.problems).toEqual([]);
  });
});
