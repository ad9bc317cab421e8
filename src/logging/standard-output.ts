import { isatty } from 'node:tty';
import { DescriptorOutput } from './descriptor-output.js';
import type { LogOutput } from './log-output.js';
import { TerminalOutput } from './terminal-output.js';

/** Creates the output for stdout: readable text on a terminal, otherwise one JSON object per line. Flushes it at exit. */
export function createStandardOutput(): LogOutput {
  const { stdout } = process;
  const output = isatty(stdout.fd) ? new TerminalOutput(stdout) : new DescriptorOutput(stdout.fd);
  process.on('exit', () => output.finish());
  return output;
}
