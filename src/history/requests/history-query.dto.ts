import type { Type } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { FilterQuery, KeyQuery, Limit, SortOrder } from '../../stats/stats-query.dto.js';
import { SORT_FIELDS } from '../figures/history-fields.js';

/** The formats of the history. */
export const HISTORY_FORMATS = ['json', 'csv'] as const;

export type HistoryFormat = (typeof HISTORY_FORMATS)[number];

/** The limits of `points`. */
export const MIN_POINTS = 2;
export const MAX_POINTS = 10_000;

const POINTS = `Query parameter "points" must be a whole number from ${MIN_POINTS} to ${MAX_POINTS}`;

/** Adds the parameters that both routes have to a query. */
function withHistoryParameters<Base extends Type<KeyQuery>>(base: Base) {
  class HistoryParameters extends base {
    @IsOptional()
    @IsString({ message: 'Query parameter "since" must be given only once' })
    readonly since?: string;

    @IsOptional()
    @IsString({ message: 'Query parameter "until" must be given only once' })
    readonly until?: string;

    @IsOptional()
    @IsString({ message: 'Query parameter "fields" must be given only once, as a comma-separated list' })
    readonly fields?: string;

    @IsOptional()
    @Transform(({ value }: { value: unknown }): unknown =>
      typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value,
    )
    @IsInt({ message: POINTS })
    @Min(MIN_POINTS, { message: POINTS })
    @Max(MAX_POINTS, { message: POINTS })
    readonly points?: number;

    @IsOptional()
    @IsIn(['summary'], { message: 'Query parameter "view" must be "summary" or omitted' })
    readonly view?: 'summary';

    @IsOptional()
    @IsIn(HISTORY_FORMATS, { message: 'Query parameter "format" must be "json" or "csv"' })
    readonly format?: HistoryFormat;
  }
  return HistoryParameters;
}

/** The query parameters of `GET /containers/{name or id}/stats/history`. */
export class ContainerHistoryQuery extends withHistoryParameters(KeyQuery) {}

/** The query parameters of `GET /stats/history`. */
export class HistoryQuery extends withHistoryParameters(FilterQuery) {
  @SortOrder(SORT_FIELDS, 'cpuUsage')
  readonly sort?: string;

  @Limit()
  readonly limit?: number;
}
