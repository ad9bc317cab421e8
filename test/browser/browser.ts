import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from '../support/vitest/browser-availability.js';

/** Chromium as root needs `--no-sandbox`. The other flags prevent requests that the page itself does not send. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium with an empty profile. */
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

  /** Opens an empty page, and records its errors, warnings and failed requests. */
  async open(): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
    if (this.#context === undefined) throw new Error('Call start() before open()');
    const page = await this.#context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('requestfailed', (request) => problems.push(`${request.url()} failed`));
    page.on('response', (response) => {
      if (response.status() >= 400) problems.push(`${response.url()}: ${response.status()}`);
    });
    return { page, problems };
  }

  async destroy(): Promise<void> {
    await this.#context?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
