import { StatsSourceError } from './stats-source.error.js';

/** An error for the log: the failure of a source with its advice, every other error with its stack. */
export function logTextOf(error: unknown): string | Error {
  if (error instanceof StatsSourceError) return error.forOperator;
  return error instanceof Error ? error : String(error);
}
