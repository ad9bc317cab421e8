import { StatsSourceError } from './stats-source.error.js';

/** Formats an error for the log: a source failure with its advice, any other error with its stack. */
export function toLogMessage(error: unknown): string | Error {
  if (error instanceof StatsSourceError) return error.logMessage;
  return error instanceof Error ? error : String(error);
}
