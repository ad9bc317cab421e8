/** Where the lines of the log go. */
export abstract class LogOutput {
  /** Takes one line, which is JSON and ends with a line break. Never waits for a reader, never throws. */
  abstract write(line: string): void;
}
