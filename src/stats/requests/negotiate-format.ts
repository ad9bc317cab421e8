import type { Request } from 'express';
import type { StatsFormat } from '../formats/stats-format.js';

const FORMATS_BY_TYPE: Readonly<Record<string, StatsFormat>> = { 'text/plain': 'text', 'text/csv': 'csv' };

/**
 * Returns the format that `Accept` prefers (RFC 9110, section 12.5.1). JSON is the default, even if the client does not accept
 * it: JSON helps more than a `406`.
 */
export function negotiateFormat(request: Request): StatsFormat {
  if (!/text\//i.test(request.headers.accept ?? '')) return 'json'; // fast path for most requests
  const type = request.accepts('application/json', ...Object.keys(FORMATS_BY_TYPE));
  return FORMATS_BY_TYPE[String(type)] ?? 'json';
}
