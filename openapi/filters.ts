import { CONTAINER_HEALTHS } from '../src/sampling/container-fields.js';
import type { ContainerFilter } from '../src/stats/selection/container-filter.js';
import type { ParameterObject } from './openapi-types.js';

/** The parameters of each route that lists, to select containers. */
export const FILTERS: Record<keyof ContainerFilter, ParameterObject> = {
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
