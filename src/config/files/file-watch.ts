import { closeSync, constants, fstatSync, openSync } from 'node:fs';

const POLL_MS = 1000;

/**
 * Tells when one of some files has changed, or what their paths lead to: the links of a mounted Kubernetes secret are
 * swapped. Polls every second rather than be told, which works on every file system. Tells at the second poll that sees a
 * change: a file that is written within a second is read whole, and files that keep changing delay nothing further.
 */
export class FileWatch {
  readonly #timer: NodeJS.Timeout;
  #known: string;
  /** Whether the last poll saw a change. */
  #isPending = false;

  /** @param onChange is called after a change, and should read the files; what it read before is known */
  constructor(
    private readonly paths: readonly string[],
    private readonly onChange: () => void,
  ) {
    this.#known = this.#look();
    this.#timer = setInterval(() => this.#compare(), POLL_MS).unref();
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.#timer);
  }

  #compare(): void {
    const seen = this.#look();
    const isSecond = this.#isPending;
    this.#isPending = seen !== this.#known && !isSecond;
    if (seen === this.#known || !isSecond) return;
    this.#known = seen;
    this.onChange();
  }

  #look(): string {
    return this.paths.map(stateOf).join(' ');
  }
}

/**
 * Differs when another file is there, or other text in it; and when it can be opened again after it could not, for want
 * of descriptors say: who was told of a change then has not read it.
 */
function stateOf(path: string): string {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // does not wait for who writes a pipe
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
