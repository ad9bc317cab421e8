import type { Request } from 'express';
import type { StatsFormat } from '../formats/stats-format.js';

const BY_TYPE: Readonly<Record<string, StatsFormat>> = { 'text/plain': 'text', 'text/csv': 'csv' };

/**
 * The format that a request prefers (RFC 9110, section 12.5.1). JSON where it prefers none of the others, also where it
 * accepts none of them: nobody is better off with a `406`.
 */
export function requestedFormat(request: Request): StatsFormat {
  if (!/text\//i.test(request.headers.accept ?? '')) return 'json'; // most requests: the rest costs
  const type = request.accepts('application/json', ...Object.keys(BY_TYPE));
  return BY_TYPE[String(type)] ?? 'json';
}
