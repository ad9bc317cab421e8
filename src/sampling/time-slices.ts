/** How long one slice holds the event loop, in milliseconds. */
const SLICE_MS = 5;

/** Whose turn comes first: reading a sample, then what all clients share, then what one API key asks for. */
const PRIORITIES = ['sample', 'shared', 'own'] as const;

export type Priority = (typeof PRIORITIES)[number];

/** What waits for its turn. */
const waiting: Readonly<Record<Priority, (() => void)[]>> = { sample: [], shared: [], own: [] };
let isScheduled = false;

/**
 * Long work in slices, so that the event loop gets its turn. Each turn of the event loop has one slice of one work: of those
 * with the highest priority, the one that has waited longest.
 */
export class TimeSlices {
  #endsAt: number;

  constructor(private readonly priority: Priority) {
    this.#endsAt = mustWait(priority) ? 0 : performance.now() + SLICE_MS;
  }

  /** Calls an action with each item, until one returns `false`. Tells whether none did. */
  async every<T>(items: Iterable<T>, action: (item: T) => boolean): Promise<boolean> {
    for (const item of items) {
      if (performance.now() >= this.#endsAt) await this.#nextSlice(); // oxlint-disable-line no-await-in-loop -- that is the point
      if (!action(item)) return false;
    }
    return true;
  }

  /** Calls an action with each item. */
  async forEach<T>(items: Iterable<T>, action: (item: T) => void): Promise<void> {
    await this.every(items, (item) => {
      action(item);
      return true;
    });
  }

  /** What becomes of each item. */
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
      schedule();
    });
  }
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    const priority = PRIORITIES.find((one) => waiting[one].length > 0);
    if (priority === undefined) return;
    waiting[priority].shift()?.();
    if (PRIORITIES.some((one) => waiting[one].length > 0)) schedule();
  });
}

/** Whether others of the same priority, or a higher one, are waiting. */
function mustWait(priority: Priority): boolean {
  return PRIORITIES.slice(0, PRIORITIES.indexOf(priority) + 1).some((one) => waiting[one].length > 0);
}
