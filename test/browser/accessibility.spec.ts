import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { NO_BROWSER } from '../support/vitest/browser-availability.js';
import { KEY } from '../support/service/test-app.js';
import { Browser } from './browser.js';
import { findViolations } from './harness/axe.js';
import { Dashboard } from './harness/dashboard.js';
import { idOf } from './harness/simulated-docker.js';
import { TestService } from './harness/test-service.js';

const WITH_KEY = `#key=${KEY}`;
const DESKTOP = { width: 1280, height: 720 };
const PHONE = { width: 360, height: 740 };

/** More than the page has to press Tab for. */
const MAX_TABS = 60;

/** Brings the page into a state, and waits until it shows it. */
type Enter = (dashboard: Dashboard, service: TestService) => Promise<unknown>;

const hasRows: Enter = async ({ readNames }) => {
  await expect.poll(readNames).toContain('web-1');
};

/** Each state of the page: its URL, and what happens then. */
const STATES: [name: string, search: string, enter: Enter][] = [
  [
    'the form for the key',
    '',
    async ({ keyField }) => {
      await expect.poll(() => keyField.isVisible()).toBe(true);
    },
  ],
  [
    'a wrong key',
    '#key=wrong-key-0123456789',
    async ({ page }) => {
      await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/key/i);
    },
  ],
  ['the table', WITH_KEY, hasRows],
  [
    'a table without figures yet',
    '',
    async (dashboard, { docker }) => {
      onTestFinished(docker.holdFigures());
      await dashboard.enterKey();
      await expect.poll(() => dashboard.page.locator('.skeleton').count()).toBeGreaterThan(0);
    },
  ],
  [
    'a key that the service cannot check',
    '',
    async ({ page }) => {
      await page.route('**/stats/stream*', (route) => route.fulfill({ status: 503 }));
      await page.goto(`${page.url()}${WITH_KEY}`);
      await expect.poll(() => page.getByRole('button', { name: 'Try now' }).isVisible()).toBe(true);
    },
  ],
  [
    'a key that the browser does not store',
    '',
    async (dashboard) => {
      await dashboard.page.evaluate(() => {
        Storage.prototype.setItem = () => {
          throw new DOMException('The quota has been exceeded', 'QuotaExceededError');
        };
      });
      await dashboard.enterKey();
      await expect.poll(() => dashboard.page.locator('.problem').innerText()).toMatch(/not stored/);
    },
  ],
  ['the table in groups', `?group=project${WITH_KEY}`, hasRows],
  [
    'the wall screen',
    `?wall=1${WITH_KEY}`,
    async ({ page }) => {
      await expect.poll(() => page.getByText('web-1').count()).toBeGreaterThan(0);
    },
  ],
  [
    'a filter without a match',
    `?filter=nothing${WITH_KEY}`,
    async ({ page }) => {
      await expect.poll(() => page.locator('.empty').count()).toBe(1);
    },
  ],
  [
    'a container',
    `?container=${idOf('web-1')}${WITH_KEY}`,
    async ({ containerView }) => {
      await expect.poll(() => containerView.locator('canvas').count()).toBe(5);
    },
  ],
  [
    'an unknown container',
    `?container=${'f'.repeat(64)}${WITH_KEY}`,
    async ({ containerView }) => {
      await expect.poll(() => containerView.innerText()).toMatch(/no container/i);
    },
  ],
  [
    'a stopped docker',
    WITH_KEY,
    async (dashboard, service) => {
      await hasRows(dashboard, service);
      service.docker.isUp = false;
      await expect.poll(() => dashboard.page.getByText(/Cannot connect/).count()).toBeGreaterThan(0);
    },
  ],
  [
    'a stopped service',
    WITH_KEY,
    async (dashboard, service) => {
      await hasRows(dashboard, service);
      await service.stop();
      await expect.poll(() => dashboard.page.locator('.stale').count()).toBeGreaterThan(0);
    },
  ],
];

describe.skipIf(NO_BROWSER)('The page is accessible', () => {
  const browser = new Browser();
  beforeAll(() => browser.start());
  afterAll(() => browser.destroy());

  async function open(
    search: string,
    context: BrowserContextOptions = {},
  ): Promise<[Dashboard, TestService]> {
    const service = await TestService.start();
    service.docker.set(
      { name: 'web-1', cpu: 20, status: 'Up 5 minutes (unhealthy)' },
      { name: 'web-2', cpu: 10, status: 'Up 5 minutes (Paused)' },
      { name: 'db-1', cpu: 5, hasFigures: false },
    );
    return [await Dashboard.open(browser, service.url, { search, context }), service];
  }

  it.each(STATES)('in %s, in light and dark, on a desktop and on a phone', async (_name, search, enter) => {
    const [dashboard, service] = await open(search);
    await enter(dashboard, service);
    const { page } = dashboard;
    for (const viewport of [DESKTOP, PHONE]) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect.soft(await findViolations(page), `${colorScheme}, ${viewport.width} px`).toEqual([]);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        viewport.width,
      );
    }
  });

  it('without motion for those who want none', async () => {
    const [dashboard, service] = await open(WITH_KEY, { reducedMotion: 'reduce' });
    await hasRows(dashboard, service);
    await dashboard.row('web-1').getByRole('link').click();
    await expect.poll(() => dashboard.containerView.locator('canvas').count()).toBe(5);
    expect(await countAnimations(dashboard)).toBe(0);
  });

  it('without motion also while the first figures load, which others see', async () => {
    const [dashboard, service] = await open('', { reducedMotion: 'reduce' });
    onTestFinished(service.docker.holdFigures());
    await dashboard.enterKey();
    await expect.poll(() => dashboard.page.locator('.skeleton').count()).toBeGreaterThan(0);
    expect(await countAnimations(dashboard)).toBe(0);
    await dashboard.page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await countAnimations(dashboard)).toBeGreaterThan(0);
  });

  it('with the keyboard alone: enter the key, filter, sort, open and close a container', async () => {
    const [dashboard] = await open('');
    const { page } = dashboard;
    await expect
      .poll(() => dashboard.keyField.evaluate((field) => field === document.activeElement))
      .toBe(true);
    await page.keyboard.type(KEY);
    await page.keyboard.press('Enter');
    await expect.poll(dashboard.readNames).toHaveLength(3);
    await page.keyboard.press('/');
    await expect
      .poll(() => dashboard.filter.evaluate((field) => field === document.activeElement))
      .toBe(true);
    await page.keyboard.type('web');
    await expect.poll(dashboard.readNames).toHaveLength(2);
    await pressTabUntil(dashboard, 'Memory');
    await page.keyboard.press('Enter');
    expect(await dashboard.header('Memory').getAttribute('aria-sort')).toBe('descending');
    await pressTabUntil(dashboard, 'web-1');
    await page.keyboard.press('Enter');
    await expect.poll(() => dashboard.containerView.count()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => dashboard.containerView.count()).toBe(0);
    await expect.poll(() => readFocusedText(dashboard)).toBe('web-1');
  });

  it('with a visible focus on everything that Tab reaches', async () => {
    const [dashboard, service] = await open(WITH_KEY);
    await hasRows(dashboard, service);
    const reached: string[] = [];
    const invisible: string[] = [];
    do {
      await dashboard.page.keyboard.press('Tab');
      const text = await readFocusedText(dashboard);
      reached.push(text);
      if (!(await hasVisibleFocus(dashboard))) invisible.push(text);
    } while (!reached.includes('web-2') && reached.length < MAX_TABS);
    expect(reached).toContain('web-2');
    expect(invisible).toEqual([]);
  });
});

function readFocusedText({ page }: Dashboard): Promise<string> {
  return page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.textContent || activeElement?.getAttribute('aria-label') || '';
  });
}

function countAnimations({ page }: Dashboard): Promise<number> {
  return page.evaluate(
    () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
  );
}

/** Whether the focused element, or what it is drawn as, has an outline. */
function hasVisibleFocus({ page }: Dashboard): Promise<boolean> {
  return page.evaluate(() => {
    const activeElement = document.activeElement ?? document.body;
    const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
  });
}

async function pressTabUntil(dashboard: Dashboard, text: string): Promise<void> {
  for (let presses = 0; presses < MAX_TABS; presses++) {
    await dashboard.page.keyboard.press('Tab');
    if ((await readFocusedText(dashboard)) === text) return;
  }
  throw new Error(`Tab does not reach ${text}`);
}
