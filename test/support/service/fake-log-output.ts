import { LogOutput } from '../../../src/logging/log-output.js';

/** Stores the log lines. */
export class FakeLogOutput extends LogOutput {
  text = '';

  write(line: string): void {
    this.text += line;
  }

  /** The parsed request lines. */
  get requests(): Record<string, unknown>[] {
    return this.entries.filter((entry) => 'route' in entry);
  }

  /** All parsed lines. */
  get entries(): Record<string, unknown>[] {
    const lines = this.text.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
