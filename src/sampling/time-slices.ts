/** For how long one slice may block the event loop, in milliseconds. */
const SLICE_MS = 5;

/** Highest first: parsing a sample, work that all clients share, work for one API key. */
const PRIORITIES = ['sample', 'shared', 'own'] as const;

export type Priority = (typeof PRIORITIES)[number];

/** Tasks that wait for their next slice, oldest first. */
const waiting: Readonly<Record<Priority, (() => void)[]>> = { sample: [], shared: [], own: [] };
let isScheduled = false;

/**
 * Splits a long task into slices, so that it does not block the event loop. If tasks wait, each turn of the event loop runs one
 * slice. The task with the highest priority is first; among equal priorities, the one that has waited longest.
 */
export class TimeSlices {
  #endsAt: number;

  constructor(private readonly priority: Priority) {
    this.#endsAt = hasToWait(priority) ? 0 : performance.now() + SLICE_MS;
  }

  /** Like `Array.prototype.every`: stops at the first item for which `action` returns `false`. */
  async every<T>(items: Iterable<T>, action: (item: T) => boolean): Promise<boolean> {
    for (const item of items) {
      if (performance.now() >= this.#endsAt) await this.#nextSlice(); // oxlint-disable-line no-await-in-loop -- to pause between items
      if (!action(item)) return false;
    }
    return true;
  }

  /** Like `Array.prototype.forEach`. */
  async forEach<T>(items: Iterable<T>, action: (item: T) => void): Promise<void> {
    await this.every(items, (item) => {
      action(item);
      return true;
    });
  }

  /** Like `Array.prototype.map`. */
  async map<T, U>(items: Iterable<T>, convert: (item: T) => U): Promise<U[]> {
    const converted: U[] = [];
    await this.forEach(items, (item) => converted.push(convert(item)));
    return converted;
  }

  /** Lets the event loop and more urgent work run first. */
  #nextSlice(): Promise<void> {
    return new Promise((resolve) => {
      waiting[this.priority].push(() => {
        this.#endsAt = performance.now() + SLICE_MS;
        resolve();
      });
      scheduleNextSlice();
    });
  }
}

function scheduleNextSlice(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    const priority = PRIORITIES.find((one) => waiting[one].length > 0);
    if (priority === undefined) return;
    waiting[priority].shift()?.();
    if (PRIORITIES.some((one) => waiting[one].length > 0)) scheduleNextSlice();
  });
}

/** Whether tasks of the same or a higher priority are waiting. */
function hasToWait(priority: Priority): boolean {
  return PRIORITIES.slice(0, PRIORITIES.indexOf(priority) + 1).some((one) => waiting[one].length > 0);
}
