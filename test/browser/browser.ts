import {
  type Browser as Chromium,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { onTestFinished } from 'vitest';
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

/** The page left or closed the stream itself. */
const ABORTED = 'net::ERR_ABORTED';

/** An open page, with everything that went wrong in it. */
export interface OpenPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors and warnings of the console, violations of the Content-Security-Policy, and failed requests. */
  readonly problems: string[];
  /** The URL of each request. */
  readonly requests: string[];
}

/** A Chromium with an empty profile. */
export class Browser {
  #chromium: Chromium | undefined;

  async start(): Promise<void> {
    this.#chromium = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  }

  /** Opens an empty page for one test, in a context of its own, without the cache and the storage of others. */
  async open(options: BrowserContextOptions = {}): Promise<OpenPage> {
    if (this.#chromium === undefined) throw new Error('Call start() before open()');
    const context = await this.#chromium.newContext(options);
    onTestFinished(() => context.close());
    await context.addInitScript(reportPolicyViolations);
    return observe(context, await context.newPage());
  }

  /** Records what the browser does while `work` runs. Returns the trace events. */
  async trace(page: Page, work: () => Promise<void>): Promise<TraceEvent[]> {
    if (this.#chromium === undefined) throw new Error('Call start() before trace()');
    await this.#chromium.startTracing(page, {
      categories: ['-*', 'disabled-by-default-devtools.timeline', 'devtools.timeline'],
    });
    await work();
    const trace = await this.#chromium.stopTracing();
    return (JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }).traceEvents;
  }

  async destroy(): Promise<void> {
    await this.#chromium?.close();
  }
}

/** An event of Chromium's trace event format. */
export interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** CPU time of the thread, in microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Collects the problems and the requests of a page. */
export function observe(context: BrowserContext, page: Page): OpenPage {
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    if (reason !== ABORTED) problems.push(`${request.url()} failed: ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.url()}: ${response.status()}`);
  });
  return { context, page, problems, requests };
}

/** Runs in the page. */
function reportPolicyViolations(): void {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error(`Content-Security-Policy: ${violatedDirective} forbids ${blockedURI}`),
  );
}
