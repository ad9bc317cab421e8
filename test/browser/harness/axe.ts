import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** Checks a page with axe. Returns each violation with the elements that it concerns. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(SOURCE); // as a debugger does: the Content-Security-Policy of the page does not apply to it
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`);
}
