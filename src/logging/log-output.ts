/** Writes the lines of the log. */
export abstract class LogOutput {
  /** Writes one line: JSON with a line break at the end. Never blocks and never throws. */
  abstract write(line: string): void;
}
