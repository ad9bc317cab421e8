import { closeSync, constants, fstatSync, openSync } from 'node:fs';

const POLL_MS = 1000;

/**
 * Calls a function when one of several files changes, or when a path leads to another file, as after an update of a
 * mounted Kubernetes secret. Polls every second, because change notifications do not work on every file system.
 *
 * Calls it at the poll after the one that sees a change, so that a file that is written within a second is complete. Further
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
 * A text that changes with the file or its content. While the file cannot be opened, it is the error code, so that
 * `onChange` is called again when the file can be opened.
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
