import { CONTAINER_HEALTHS } from '../src/sampling/container-fields.js';
import type { ContainerFilter } from '../src/stats/selection/container-filter.js';
import { listSortOrders } from '../src/stats/selection/sort.js';
import type { ParameterObject } from './openapi-types.js';

/** The parameters of each route that lists, to select containers. */
export const FILTERS: Record<keyof ContainerFilter, ParameterObject> = {
  host: describePatterns(
    'host',
    'The Docker host, if `DOCKER_HOSTS` is set. `404` if there is no such host',
    [['web1'], ['web*']],
  ),
  name: describePatterns('name', 'The container name', [['web-*'], ['db', 'web-?']]),
  project: describePatterns('project', 'The project', [['shop']]),
  service: describePatterns('service', 'The service', [['web', 'api']]),
  image: describePatterns('image', 'The image', [['nginx:*']]),
  health: {
    name: 'health',
    in: 'query',
    description: 'The result of the health check. Repeat the parameter for several.',
    schema: { type: 'array', maxItems: 100, items: { type: 'string', enum: [...CONTAINER_HEALTHS] } },
  },
};

/** The parameter `limit` of each route that lists. */
export const LIMIT: ParameterObject = {
  name: 'limit',
  in: 'query',
  description: 'The maximum number of objects: with `sort=-cpuUsage&limit=5`, the five busiest.',
  schema: { type: 'integer', minimum: 1, maximum: 100_000 },
};

/** Describes the parameter `sort`. */
export function describeSort(fields: readonly string[], note = ''): ParameterObject {
  return {
    name: 'sort',
    in: 'query',
    description: `The field to sort by; \`-\` before its name means descending.${note} Objects without a value are last. By default, the order is that of the names.`,
    schema: { type: 'string', enum: listSortOrders(fields) },
  };
}

function describePatterns(name: string, what: string, examples: string[][]): ParameterObject {
  return {
    name,
    in: 'query',
    description:
      `${what}: a value, or a pattern. \`*\` matches any characters, \`?\` matches one. Repeat the parameter for several; a ` +
      'container must match one of them.',
    schema: {
      type: 'array',
      maxItems: 100,
      items: { type: 'string', minLength: 1, maxLength: 255 },
      examples,
    },
  };
}
