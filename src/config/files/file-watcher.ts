import { closeSync, constants, fstatSync, openSync } from 'node:fs';

const POLL_MS = 1000;

/**
 * Calls a function when one of several files changes. A path that leads to another file also counts as a change: an update of a
 * mounted Kubernetes secret does that. Polls every second, because change notifications do not work on every file system.
 *
 * When a poll sees a change, the next poll calls the function. A program thus has a second to write the complete file. Further
 * changes do not delay the call.
 */
export class FileWatcher {
  readonly #timer: NodeJS.Timeout;
  #knownState: string;
  /** Whether the last poll saw a change. */
  #isPending = false;

  /** @param onChange is called after a change */
  constructor(
    private readonly paths: readonly string[],
    private readonly onChange: () => void,
  ) {
    this.#knownState = this.#readState();
    this.#timer = setInterval(() => this.#poll(), POLL_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #poll(): void {
    const state = this.#readState();
    const wasPending = this.#isPending;
    this.#isPending = state !== this.#knownState && !wasPending;
    if (state === this.#knownState || !wasPending) return;
    this.#knownState = state;
    this.onChange();
  }

  #readState(): string {
    return this.paths.map(readFileState).join(' ');
  }
}

/**
 * Returns a text that changes when the path leads to another file or when the content changes. If the file cannot be opened, the
 * text is the error code. When the file can be opened again, the text changes, and `onChange` is called.
 */
function readFileState(path: string): string {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // a blocking open of a pipe waits for a writer
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(file, { bigint: true });
      return [dev, ino, size, mtimeNs, ctimeNs].join(':');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
