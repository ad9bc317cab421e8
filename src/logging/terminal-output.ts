import { constants, openSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { DescriptorOutput } from './descriptor-output.js';
import { formatPrettyLine, type LogEntry } from './pretty-line.js';

/** Writes the log as readable text, in colour if the terminal has colours and `NO_COLOR` is not set. */
export class TerminalOutput extends DescriptorOutput {
  constructor(private readonly terminal: WriteStream & { readonly fd: number }) {
    super(openNonBlocking(terminal.fd));
  }

  override write(line: string): void {
    super.write(formatPrettyLine(JSON.parse(line) as LogEntry, this.terminal.hasColors()));
  }
}

/**
 * Opens the terminal a second time. Node's stream would block the process while the terminal is stopped (Ctrl-S), and
 * changing the flags of its descriptor would affect the shell. Returns the given descriptor if that fails, as after `su`.
 */
function openNonBlocking(descriptor: number): number {
  try {
    return openSync(`/dev/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return descriptor;
  }
}
