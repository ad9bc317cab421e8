import type { WriteStream } from 'node:tty';
import { LogOutput } from './log-output.js';
import { prettyLine, type LogEntry } from './pretty-line.js';

/** Writes the log for a person at a terminal; in colour where the terminal and `NO_COLOR` let it. */
export class TerminalOutput extends LogOutput {
  constructor(private readonly terminal: WriteStream) {
    super();
  }

  write(line: string): void {
    this.terminal.write(prettyLine(JSON.parse(line) as LogEntry, this.terminal.hasColors()));
  }
}
