import { BadRequestException } from '@nestjs/common';
import { DEFAULT_FIELDS, type FieldSource, HISTORY_FIELDS } from '../figures/history-fields.js';
import type { ContainerHistoryQuery, HistoryFormat, HistoryQuery } from './history-query.dto.js';
import { parseTime } from './parse-time.js';

/** What a request wants to know of the history. */
export interface HistoryRequest {
  /** The window, in milliseconds since the Unix epoch. Without a start, it begins with the oldest sample. */
  readonly since: number | undefined;
  readonly until: number;
  readonly fields: readonly FieldSource[];
  readonly points: number | undefined;
  readonly view: 'summary' | undefined;
  readonly format: HistoryFormat;
  readonly sort: string | undefined;
  readonly limit: number | undefined;
}

/** @throws {BadRequestException} says what is allowed, never the value */
export function parseHistoryRequest(
  query: ContainerHistoryQuery & Pick<HistoryQuery, 'sort' | 'limit'>,
  acceptedFormat: HistoryFormat,
  now: number,
): HistoryRequest {
  const { since, until, points, view, format = acceptedFormat, sort, limit } = query;
  if (view !== undefined && points !== undefined) {
    throw new BadRequestException('Query parameters "points" and "view" exclude each other');
  }
  const request = {
    since: since === undefined ? undefined : parseLimit('since', since, now),
    until: until === undefined ? now : parseLimit('until', until, now),
    fields: parseFields(query.fields),
    points,
    view,
    format,
    sort,
    limit,
  };
  if (request.since !== undefined && request.since > request.until) {
    throw new BadRequestException('Query parameter "since" must not be after "until" (by default: now)');
  }
  return request;
}

function parseLimit(name: string, text: string, now: number): number {
  const at = parseTime(text, now);
  if (at !== undefined) return at;
  throw new BadRequestException(
    `Query parameter "${name}" must be a time such as 2027-01-31T12:00:00Z, a duration such as 90s, 5m, 2h or 1d, or a number of seconds`,
  );
}

function parseFields(text: string | undefined): FieldSource[] {
  const names = new Set<string>(text === undefined ? DEFAULT_FIELDS : text.split(','));
  const fields = HISTORY_FIELDS.filter(({ name }) => names.has(name));
  if (fields.length === names.size) return fields;
  const allowed = HISTORY_FIELDS.map(({ name }) => name).join(', ');
  throw new BadRequestException(`Query parameter "fields" must be a comma-separated list of: ${allowed}`);
}
