import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { CONTAINER_HEALTHS, getViewFields } from '../sampling/container-fields.js';
import { PROJECT_FIELDS } from './formats/project-stats.js';
import { STATS_FORMATS, type StatsFormat } from './formats/stats-format.js';
import { listSortOrders } from './selection/sort.js';

/** The fields by which containers can be sorted. */
export const SORT_FIELDS = getViewFields('full', true).map(({ name }) => name);

const MAX_PATTERNS = 100;
const MAX_LIMIT = 100_000;

/** A parameter that can be repeated. */
function Repeatable(name: string): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }): unknown => (Array.isArray(value) ? value : [value])),
    ArrayMaxSize(MAX_PATTERNS, {
      message: `Query parameter "${name}" must be given at most ${MAX_PATTERNS} times`,
    }),
  );
}

/** A parameter with patterns, which can be repeated. */
export function Patterns(name: string): PropertyDecorator {
  const message = `Query parameter "${name}" must have 1 to 255 characters`;
  return applyDecorators(Repeatable(name), Length(1, 255, { each: true, message }));
}

/** The field to sort by; `-` before its name means descending. */
export function SortOrder(fields: readonly string[], example: string): PropertyDecorator {
  const message = `Query parameter "sort" must be a field such as "${example}", or "-${example}" for the highest first`;
  return applyDecorators(IsOptional(), IsIn(listSortOrders(fields), { message }));
}

/** The maximum number of objects. */
export function Limit(): PropertyDecorator {
  const message = `Query parameter "limit" must be a whole number from 1 to ${MAX_LIMIT}`;
  return applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }): unknown =>
      /^\d{1,9}$/.test(String(value)) ? Number(value) : value,
    ),
    IsInt({ message }),
    Min(1, { message }),
    Max(MAX_LIMIT, { message }),
  );
}

/** The format of the response. */
function Format(): PropertyDecorator {
  const message = 'Query parameter "format" must be "json", "csv" or "text"';
  return applyDecorators(IsOptional(), IsIn(STATS_FORMATS, { message }));
}

/** The query parameters of every route that needs a key. */
export class KeyQuery {
  /** Used by the ApiKeyGuard. */
  @IsOptional()
  @IsString({ message: 'Query parameter "api_key" must be given only once' })
  readonly api_key?: string;
}

/** The query parameters of every route that lists: which containers. A container must match one pattern of each parameter. */
export class FilterQuery extends KeyQuery {
  @Patterns('host')
  readonly host?: readonly string[];

  @Patterns('name')
  readonly name?: readonly string[];

  @Patterns('project')
  readonly project?: readonly string[];

  @Patterns('service')
  readonly service?: readonly string[];

  @Patterns('image')
  readonly image?: readonly string[];

  @Repeatable('health')
  @IsIn(CONTAINER_HEALTHS, {
    each: true,
    message: `Query parameter "health" must be one of ${CONTAINER_HEALTHS.join(', ')}`,
  })
  readonly health?: readonly string[];
}

/** The query parameters of `GET /stats/stream`. */
export class StatsQuery extends FilterQuery {
  @IsOptional()
  @IsIn(['full'], { message: 'Query parameter "view" must be "full" or omitted' })
  readonly view?: 'full';

  @SortOrder(SORT_FIELDS, 'cpuUsage')
  readonly sort?: string;

  @Limit()
  readonly limit?: number;
}

/** The query parameters of `GET /stats`. */
export class StatsListQuery extends StatsQuery {
  @Format()
  readonly format?: StatsFormat;
}

/** The query parameters of `GET /projects`. */
export class ProjectsQuery extends FilterQuery {
  @SortOrder(PROJECT_FIELDS, 'cpuUsage')
  readonly sort?: string;

  @Limit()
  readonly limit?: number;

  @Format()
  readonly format?: StatsFormat;
}
