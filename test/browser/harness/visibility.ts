import type { Page } from 'playwright-core';

/** Makes the page believe that its tab is hidden, as when the user selects another one. */
export function hidePage(page: Page): Promise<void> {
  return setVisibility(page, 'hidden');
}

export function showPage(page: Page): Promise<void> {
  return setVisibility(page, 'visible');
}

/** Headless Chromium shows all tabs, so the property is replaced. */
async function setVisibility(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, value });
    Object.defineProperty(document, 'hidden', { configurable: true, value: value === 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}
