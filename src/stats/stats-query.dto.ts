import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { STATS_FORMATS, type StatsFormat } from './formats/stats-format.js';

/** The query parameters of every route that needs a key. */
export class KeyQuery {
  /** Used by the ApiKeyGuard. */
  @IsOptional()
  @IsString({ message: 'Query parameter "api_key" must be given only once' })
  readonly api_key?: string;
}

/** The query parameters of `GET /stats/stream`. */
export class StatsQuery extends KeyQuery {
  @IsOptional()
  @IsIn(['full'], { message: 'Query parameter "view" must be "full" or omitted' })
  readonly view?: 'full';

  /** Container name patterns; a container must match one of them. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }): unknown => (Array.isArray(value) ? value : [value]))
  @ArrayMaxSize(100, { message: 'Query parameter "name" must be given at most 100 times' })
  @Length(1, 255, { each: true, message: 'Query parameter "name" must have 1 to 255 characters' })
  readonly name?: readonly string[];
}

/** The query parameters of `GET /stats`. */
export class StatsListQuery extends StatsQuery {
  @IsOptional()
  @IsIn(STATS_FORMATS, { message: 'Query parameter "format" must be "json", "csv" or "text"' })
  readonly format?: StatsFormat;
}
