import { isatty } from 'node:tty';
import { DescriptorOutput } from './descriptor-output.js';
import type { LogOutput } from './log-output.js';
import { TerminalOutput } from './terminal-output.js';

/** The log on stdout: pretty on a terminal, else one JSON object a line; what waits is written before the process exits. */
export function standardOutput(): LogOutput {
  const { stdout } = process;
  const output = isatty(stdout.fd) ? new TerminalOutput(stdout) : new DescriptorOutput(stdout.fd);
  process.on('exit', () => output.finish());
  return output;
}
