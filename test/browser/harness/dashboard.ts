import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { KEY } from '../../support/service/test-app.js';
import type { Browser, OpenPage } from '../browser.js';

interface OpenOptions {
  /** Query and fragment of the URL. By default, the fragment has the key. */
  readonly search?: string;
  readonly context?: BrowserContextOptions;
  /** The test can move the clock of the page. */
  readonly hasClock?: boolean;
  /** Runs in the page before its scripts. */
  readonly before?: () => void;
}

/** The page of the service, as a user finds its parts. */
export class Dashboard {
  private constructor(private readonly opened: OpenPage) {}

  /** Opens the page of the service at this URL. */
  static async open(
    browser: Browser,
    url: string,
    { search = `#key=${KEY}`, context = {}, hasClock = false, before }: OpenOptions = {},
  ): Promise<Dashboard> {
    const opened = await browser.open(context);
    if (hasClock) await opened.page.clock.install();
    if (before !== undefined) await opened.page.addInitScript(before);
    await opened.page.goto(`${url}/${search}`);
    return new Dashboard(opened);
  }

  get page(): Page {
    return this.opened.page;
  }

  get problems(): readonly string[] {
    return this.opened.problems;
  }

  /** The URL of each request. */
  get requests(): readonly string[] {
    return this.opened.requests;
  }

  get keyField(): Locator {
    return this.page.getByLabel('API key', { exact: true });
  }

  get filter(): Locator {
    return this.page.getByRole('searchbox');
  }

  /** Why the figures are not current, or that they are. */
  get status(): Locator {
    return this.page.getByRole('status');
  }

  /** The view of one container. */
  get containerView(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Enters the key into the form. */
  async enterKey(key = KEY): Promise<void> {
    await this.keyField.fill(key);
    await this.keyField.press('Enter');
  }

  /** The row of a container. */
  row(name: string): Locator {
    return this.page.locator('tbody tr').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** The figure of a container in a column, such as `cpuUsage`. */
  figure(name: string, field: string): Locator {
    return this.row(name).locator(`.${field} .figure`);
  }

  /** The names in the first column, from top to bottom. */
  readonly readNames = (): Promise<string[]> =>
    this.page.locator('tbody th.name :is(a, .text)').allInnerTexts();

  /** The header of a column, which sorts the table. */
  header(label: string): Locator {
    return this.page.getByRole('columnheader', { name: label });
  }

  /** The query of the page's address. */
  get query(): URLSearchParams {
    return new URL(this.page.url()).searchParams;
  }
}
