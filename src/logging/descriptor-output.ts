import { writeSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { LogOutput } from './log-output.js';

/** How much output can be pending while the reader is slow; lines beyond it are dropped. */
const MAX_PENDING_BYTES = 1_048_576;

/** Time between two attempts to write while the output is blocked. */
const RETRY_MS = 50;

/** How long to wait at exit while the output is blocked. */
const EXIT_WAIT_MS = 500;

const LINE_FEED = 0x0a;

/** `blocked`: the output is still pending. `failed`: the output was dropped. */
type WriteResult = 'done' | 'blocked' | 'failed';

/**
 * Writes the log to a file descriptor. All lines of one event-loop turn are written together.
 *
 * Never blocks the service. Output to a blocked pipe is kept up to a limit. When a write fails, for example on a full disk,
 * its lines are dropped. The next successful write is followed by a line with the number of dropped lines.
 *
 * A pipe must be non-blocking. Node makes the pipe of stdout non-blocking on the first access to `process.stdout`. Pino's own destinations block the
 * event loop or the exit while a pipe is full, and `process.stdout` buffers without a limit.
 */
export class DescriptorOutput extends LogOutput {
  readonly #logger = new Logger(LogOutput.name);
  /** The lines of this event-loop turn. */
  #lines = '';
  /** The lines of earlier turns that are not written yet. */
  #pending: Buffer = Buffer.alloc(0);
  #isScheduled = false;
  /** How many lines were dropped and are not yet reported in the log. */
  #dropped = 0;
  #dropReason = '';
  /** Whether the last written byte is not a line break. */
  #isMidLine = false;
  /** Whether the rest of a partly written line was dropped, so that the next write must start with a line break. */
  #isCut = false;

  constructor(private readonly descriptor: number) {
    super();
  }

  write(line: string): void {
    if (this.#pending.length + this.#lines.length > MAX_PENDING_BYTES) {
      this.#drop(1, 'output blocked');
      return;
    }
    this.#lines += line;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  /** Writes the pending output before the process exits, and blocks for up to {@link EXIT_WAIT_MS}. */
  finish(): void {
    const deadline = performance.now() + EXIT_WAIT_MS;
    let result: WriteResult;
    while ((result = this.#tryWrite()) === 'blocked' && performance.now() < deadline) sleep(RETRY_MS / 10);
    if (result === 'done') this.#logDropped();
  }

  #flush(): void {
    const hasOutput = this.#lines !== '' || this.#pending.length > 0;
    const result = this.#tryWrite();
    if (result === 'blocked') {
      setTimeout(() => this.#flush(), RETRY_MS).unref();
      return;
    }
    this.#isScheduled = false;
    if (result === 'done' && hasOutput) this.#logDropped();
  }

  #tryWrite(): WriteResult {
    if (this.#lines !== '') {
      this.#pending = Buffer.concat([this.#pending, Buffer.from(this.#lines)]);
      this.#lines = '';
    }
    try {
      if (this.#isCut && this.#pending.length > 0) {
        writeSync(this.descriptor, '\n');
        this.#isCut = this.#isMidLine = false;
      }
      while (this.#pending.length > 0) {
        const written = writeSync(this.descriptor, this.#pending);
        this.#isMidLine = this.#pending[written - 1] !== LINE_FEED;
        this.#pending = this.#pending.subarray(written);
      }
      return 'done';
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return 'blocked';
      this.#drop(countLines(this.#pending), `write failed (${code})`);
      this.#pending = Buffer.alloc(0);
      this.#isCut ||= this.#isMidLine;
      return 'failed';
    }
  }

  #drop(lines: number, reason: string): void {
    this.#dropped += lines;
    this.#dropReason = reason;
  }

  #logDropped(): void {
    const dropped = this.#dropped;
    if (dropped === 0) return;
    this.#dropped = 0;
    const lines = dropped === 1 ? 'line' : 'lines';
    this.#logger.warn(`Dropped ${dropped} log ${lines}: ${this.#dropReason}`); // the logger calls `write`
    // Write this line alone. If the write fails, no other line is lost, and a later line reports the number.
    if (this.#tryWrite() === 'failed') this.#dropped = dropped;
  }
}

/** The number of line breaks. */
function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

/** Blocks the whole process. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
