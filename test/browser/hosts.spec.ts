import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { KEY } from '../support/service/test-app.js';
import { Browser } from './browser.js';
import { Dashboard } from './harness/dashboard.js';
import { TestService } from './harness/test-service.js';

describe.skipIf(NO_BROWSER)('The page, with several Docker hosts', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  /** The simulated docker gives the same containers, with the same ids, for both hosts. */
  async function open(hosts = 'web1=tcp://web1,web2=tcp://web2', search = `#key=${KEY}`): Promise<Dashboard> {
    const service = await TestService.start({ DOCKER_HOSTS: hosts });
    service.docker.set({ name: 'app' });
    return Dashboard.open(browser, service.url, { search });
  }

  it('shows the host before the name of each container', async () => {
    const dashboard = await open();
    await expect.poll(dashboard.readNames).toEqual(['web1/app', 'web2/app']);
    await dashboard.page.getByRole('searchbox').fill('web2');
    await expect.poll(dashboard.readNames).toEqual(['web2/app']);
    expect(dashboard.problems).toEqual([]);
  });

  it('draws the lines of a container, and opens its charts', async () => {
    const dashboard = await open('web1=tcp://web1');
    const row = dashboard.row('web1/app');
    await expect.poll(() => row.locator('.sparkline path').first().getAttribute('d')).toMatch(/^M/);
    await row.getByRole('link').click();
    await expect.poll(() => dashboard.containerView.locator('canvas').count()).toBe(5);
    expect(dashboard.problems).toEqual([]);
  });

  it('shows the host before the name on the wall screen', async () => {
    const dashboard = await open(undefined, `?wall=1#key=${KEY}`);
    await expect
      .poll(() => dashboard.page.getByRole('rowheader').locator('bdi').allInnerTexts())
      .toEqual(['web1/app', 'web2/app']);
  });
});
