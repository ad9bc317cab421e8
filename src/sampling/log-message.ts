import { StatsSourceError } from './stats-source.error.js';

/** Returns the name under which a part of the service writes log lines; with several hosts, each has its own. */
export function nameForLog(part: string, host: string | undefined): string {
  return host === undefined ? part : `${part} ${host}`;
}

/** Formats an error for the log: a source failure with its advice, any other error with its stack. */
export function toLogMessage(error: unknown): string | Error {
  if (error instanceof StatsSourceError) return error.logMessage;
  return error instanceof Error ? error : String(error);
}
