import { writeSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { LogOutput } from './log-output.js';

/** How much may wait for a reader; what comes on top is dropped. */
const MAX_PENDING_BYTES = 1_048_576;

/** When to try again where nobody reads. */
const RETRY_MS = 50;

/** How long the exit may wait for a reader. */
const EXIT_WAIT_MS = 500;

const LINE_FEED = 0x0a;

/** How a write ended: all is written; the rest waits for a reader; the rest is lost. */
type WriteResult = 'done' | 'blocked' | 'failed';

/**
 * Writes the log to a file descriptor: all lines of one turn of the event loop at once. Where nobody reads, they wait up to a
 * limit and for a moment at the exit. Where a write fails, as on a full disk, they are lost. The first write that works again
 * is followed by the number of lines that are missing.
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
  /** How many lines are lost, and were not told of. */
  #lost = 0;
  #whyLost = '';
  /** Whether the last byte that was written is no end of a line. */
  #isMidLine = false;
  /** Whether the rest of that line is lost. */
  #isCut = false;

  constructor(private readonly descriptor: number) {
    super();
  }

  write(line: string): void {
    if (this.#rest.length + this.#lines.length > MAX_PENDING_BYTES) {
      this.#lose(1, 'nobody read it');
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
    let result: WriteResult;
    while ((result = this.#tryWrite()) === 'blocked' && performance.now() < deadline) sleep(RETRY_MS / 10);
    if (result === 'done') this.#tellOfLost();
  }

  #flush(): void {
    const hasAny = this.#lines !== '' || this.#rest.length > 0;
    const result = this.#tryWrite();
    if (result === 'blocked') {
      setTimeout(() => this.#flush(), RETRY_MS).unref();
      return;
    }
    this.#isScheduled = false;
    if (result === 'done' && hasAny) this.#tellOfLost();
  }

  #tryWrite(): WriteResult {
    if (this.#lines !== '') {
      this.#rest = Buffer.concat([this.#rest, Buffer.from(this.#lines)]);
      this.#lines = '';
    }
    try {
      if (this.#isCut && this.#rest.length > 0) {
        writeSync(this.descriptor, '\n');
        this.#isCut = this.#isMidLine = false;
      }
      while (this.#rest.length > 0) {
        const written = writeSync(this.descriptor, this.#rest);
        this.#isMidLine = this.#rest[written - 1] !== LINE_FEED;
        this.#rest = this.#rest.subarray(written);
      }
      return 'done';
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return 'blocked';
      this.#lose(linesIn(this.#rest), `they could not be written (${code})`);
      this.#rest = Buffer.alloc(0);
      this.#isCut ||= this.#isMidLine;
      return 'failed';
    }
  }

  #lose(lines: number, why: string): void {
    this.#lost += lines;
    this.#whyLost = why;
  }

  #tellOfLost(): void {
    const lost = this.#lost;
    if (lost === 0) return;
    this.#lost = 0;
    this.#logger.warn(`${lost} lines of the log are missing here: ${this.#whyLost}`); // comes back as a line to write
    // Alone: where that fails, no more than this line is lost, and the number is told later.
    if (this.#tryWrite() === 'failed') this.#lost = lost;
  }
}

/** How many lines end in these bytes. */
function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

/** Holds the whole process. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
