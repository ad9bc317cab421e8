import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from '../support/browser-availability.js';

/** Root has no sandbox, and nothing but the page itself may send requests. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real Chromium that has never been used before. */
export class Browser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  #context: BrowserContext | undefined;

  async start(): Promise<void> {
    this.#context = await chromium.launchPersistentContext(this.#folder, {
      executablePath: CHROMIUM,
      headless: true,
      args: FLAGS,
    });
  }

  /** An empty page, and all that goes wrong on it from now on: errors, warnings, and requests that fail. */
  async open(): Promise<{ readonly page: Page; readonly troubles: readonly string[] }> {
    if (this.#context === undefined) throw new Error('the browser has not been started');
    const page = await this.#context.newPage();
    const troubles: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
    });
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('requestfailed', (request) => troubles.push(`${request.url()} failed`));
    page.on('response', (response) => {
      if (response.status() >= 400) troubles.push(`${response.url()}: ${response.status()}`);
    });
    return { page, troubles };
  }

  async destroy(): Promise<void> {
    await this.#context?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
