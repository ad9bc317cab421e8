import { LogOutput } from '../../src/logging/log-output.js';

/** Keeps the lines of the log. */
export class FakeLogOutput extends LogOutput {
  text = '';

  write(line: string): void {
    this.text += line;
  }

  /** The lines of requests, parsed. */
  get requests(): Record<string, unknown>[] {
    return this.entries.filter((entry) => 'route' in entry);
  }

  /** All lines, parsed. */
  get entries(): Record<string, unknown>[] {
    const lines = this.text.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
