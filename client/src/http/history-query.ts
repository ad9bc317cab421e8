import type { HistoryOptions } from '../history-options.js';
import { formatQuery } from './requests.js';

/**
 * Formats the query string of a history request, including the question mark.
 *
 * @throws {RangeError} for an empty list of patterns or fields, or an invalid `Date`
 */
export function formatHistoryQuery({
  since,
  until,
  fields,
  points,
  view,
  ...selection
}: HistoryOptions): string {
  if (fields?.length === 0) throw new RangeError('fields must have at least one field');
  const query = new URLSearchParams(formatQuery(selection));
  const values = {
    since: formatTime(since),
    until: formatTime(until),
    fields: fields?.join(','),
    points,
    view,
  };
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) query.set(key, String(value));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function formatTime(time: Date | string | number | undefined): string | undefined {
  if (time === undefined) return undefined;
  return time instanceof Date ? time.toISOString() : String(time);
}
