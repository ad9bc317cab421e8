import { constants, openSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { DescriptorOutput } from './descriptor-output.js';
import { prettyLine, type LogEntry } from './pretty-line.js';

/** Writes the log for a person at a terminal; in colour where the terminal and `NO_COLOR` let it. */
export class TerminalOutput extends DescriptorOutput {
  constructor(private readonly terminal: WriteStream & { readonly fd: number }) {
    super(nonBlocking(terminal.fd));
  }

  override write(line: string): void {
    super.write(prettyLine(JSON.parse(line) as LogEntry, this.terminal.hasColors()));
  }
}

/**
 * The same terminal, opened anew: Node's own stream of it holds the process while the terminal takes nothing, as after
 * Ctrl-S, and to change the flags of its descriptor would change them for the shell. Where that cannot be done, as after `su`,
 * the descriptor itself.
 */
function nonBlocking(descriptor: number): number {
  try {
    return openSync(`/dev/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return descriptor;
  }
}
