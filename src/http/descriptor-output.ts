import { writeSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { LogOutput } from './log-output.js';

/** How much may wait for a reader; what comes on top is dropped. */
const MAX_PENDING_BYTES = 1_048_576;

/** When to try again where nobody reads. */
const RETRY_MS = 50;

/** How long the exit may wait for a reader. */
const EXIT_WAIT_MS = 500;

/**
 * Writes the log to a file descriptor: all lines of one turn of the event loop at once. Where nobody reads, they wait up to a
 * limit and for a moment at the exit; where nobody can read any more, they are gone.
 *
 * A pipe must be non-blocking, as Node makes that of `process.stdout` when it is first looked at. Pino's own output sleeps in
 * the event loop while a pipe is full, or on another thread that the exit then waits for; `process.stdout` has no limit.
 */
export class DescriptorOutput extends LogOutput {
  readonly #logger = new Logger(LogOutput.name);
  /** Of this turn. */
  #lines = '';
  /** What is on its way. */
  #rest: Buffer = Buffer.alloc(0);
  #isScheduled = false;
  #dropped = 0;

  constructor(private readonly descriptor: number) {
    super();
  }

  write(line: string): void {
    if (this.#rest.length + this.#lines.length > MAX_PENDING_BYTES) {
      this.#dropped++;
      return;
    }
    this.#lines += line;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  /** Writes what waits, also when that takes a moment: for the exit of the process. */
  finish(): void {
    const deadline = performance.now() + EXIT_WAIT_MS;
    while (!this.#tryWrite() && performance.now() < deadline) sleep(RETRY_MS / 10);
  }

  #flush(): void {
    if (!this.#tryWrite()) {
      setTimeout(() => this.#flush(), RETRY_MS).unref();
      return;
    }
    this.#isScheduled = false;
    if (this.#dropped === 0) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#logger.warn(`${dropped} lines of the log are missing here: nobody read it`);
  }

  /** Whether nothing is left that another try could write. */
  #tryWrite(): boolean {
    if (this.#lines !== '') {
      this.#rest = Buffer.concat([this.#rest, Buffer.from(this.#lines)]);
      this.#lines = '';
    }
    try {
      while (this.#rest.length > 0) this.#rest = this.#rest.subarray(writeSync(this.descriptor, this.#rest));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      this.#rest = Buffer.alloc(0); // the reader has gone, or the disk is full
      return true;
    }
  }
}

/** Holds the whole process. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
