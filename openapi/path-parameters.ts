import type { ParameterObject } from './openapi-types.js';

const ID = 'b5d3c2e3fc43229666627b3c696c71dffc65a39ca71168a3249561540fc73d76';

/** The container of a route. */
export const CONTAINER_PARAMETER: ParameterObject = {
  name: 'reference',
  in: 'path',
  required: true,
  description: 'Name, id, or prefix of the id (12 characters or more).',
  schema: { type: 'string', examples: ['web-1', ID.slice(0, 12), ID] },
};

/** The Docker host of a route. */
export const HOST_PARAMETER: ParameterObject = {
  name: 'host',
  in: 'path',
  required: true,
  description: 'The name of the Docker host, as in `DOCKER_HOSTS`.',
  schema: { type: 'string', examples: ['web1'] },
};
