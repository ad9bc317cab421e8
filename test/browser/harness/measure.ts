import type { Locator, Page, Response } from 'playwright-core';
import type { TraceEvent } from '../browser.js';

/** Text at the right edge of its column counts as shifted when it gets longer, although nothing else moves. */
export const MAX_LAYOUT_SHIFT = 0.001;

/** Counts the bytes of the files of the page, as they were transferred: gzipped, without headers and without data. */
export class LoadedFiles {
  readonly #responses: Response[] = [];

  constructor(page: Page) {
    page.on('response', (response) => {
      if (isFile(response)) this.#responses.push(response);
    });
  }

  async countBytes(): Promise<number> {
    const sizes = await Promise.all(this.#responses.map((response) => response.request().sizes()));
    return sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  }

  get paths(): string[] {
    return this.#responses.map((response) => new URL(response.url()).pathname);
  }
}

function isFile(response: Response): boolean {
  return ['document', 'script', 'stylesheet', 'image', 'font'].includes(response.request().resourceType());
}

/** Collects the layout shifts that no input of the user caused. Call it before the page is loaded. */
export async function recordLayoutShifts(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    window.layoutShift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput } = entry as PerformanceEntry & LayoutShift;
        if (!hadRecentInput) window.layoutShift += value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => window.layoutShift);
}

interface LayoutShift {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

declare global {
  interface Window {
    layoutShift: number;
  }
}

/** The CPU time of each task of the page's main thread, in milliseconds. */
export function findMainThreadTasks(events: readonly TraceEvent[]): number[] {
  const main = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  return events
    .filter(({ name, pid, tid }) => name === 'RunTask' && main.some((m) => m.pid === pid && m.tid === tid))
    .map(({ tdur = 0 }) => tdur / 1000);
}

/** The classes of the elements that are not in the window, or over another one of them. */
export function findMisplaced(elements: Locator): Promise<string[]> {
  return elements.evaluateAll((parts) => {
    const boxes = parts.map((part) => part.getBoundingClientRect());
    const isMisplaced = (box: DOMRect): boolean =>
      box.left < 0 ||
      box.right > innerWidth ||
      boxes.some(
        (other) =>
          other !== box &&
          other.left < box.right &&
          box.left < other.right &&
          other.top < box.bottom &&
          box.top < other.bottom,
      );
    return boxes.flatMap((box, n) => (isMisplaced(box) ? [parts[n]?.getAttribute('class') ?? ''] : []));
  });
}
