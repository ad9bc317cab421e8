import { VERSION } from '../src/config/version.js';
import { RESPONSES, HEADERS } from './components.js';
import { docsRoutes } from './routes/docs.js';
import { ERROR_SCHEMA } from './errors.js';
import { historyRoutes } from './routes/history.js';
import { historySchemas } from './history-schemas.js';
import { hostsRoutes } from './routes/hosts.js';
import { healthRoutes, healthSchemas } from './routes/health.js';
import { metricsRoutes } from './routes/metrics.js';
import type { OpenAPIObject, ParameterObject, Routes } from './openapi-types.js';
import { statsRoutes } from './routes/stats.js';
import { statsSchemas } from './stats-schemas.js';

const ROUTES: Routes = {
  ...statsRoutes,
  ...historyRoutes,
  ...hostsRoutes,
  ...healthRoutes,
  ...metricsRoutes,
  ...docsRoutes,
};

/** A parameter of every route. */
const REQUEST_ID: ParameterObject = {
  name: 'X-Request-Id',
  in: 'header',
  description:
    'An id for the request. It is returned in the response and is in the log line of the request. 1 to 128 characters of ' +
    '`A-Za-z0-9_.:-`; it must not contain the API key. The service accepts it only with a valid API key; otherwise it creates an id.',
  schema: { type: 'string', examples: ['73d1519d-f3ae-40eb-965f-22895a7abd72'] },
};

const DESCRIPTION = `
Live CPU % and memory (MB) of every running Docker container: the figures of \`docker stats\`, for many clients at once.

- Send the API key as \`X-API-Key\`, as \`Authorization: Bearer\`, as the password of HTTP Basic (with any user name) or as
  \`?api_key=\`. Prefer a header, because URLs end up in logs. A key with a scope gets only the containers of its scope.
- 1 MB is 1024 * 1024 bytes. 100 % of CPU is one core. A figure that docker does not give is \`null\`.
- Every route also accepts \`HEAD\`, which returns the headers of \`GET\`, and \`OPTIONS\`, which returns \`Allow\`.
- An unknown path returns \`404\`, also without an API key.
`.trim();

const BASE: Omit<OpenAPIObject, 'paths'> = {
  openapi: '3.1.0',
  info: {
    title: 'docker-stats-api',
    description: DESCRIPTION,
    version: VERSION,
    license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
  },
  // A relative URL works on every host, and behind a proxy with a path prefix.
  servers: [{ url: '.', description: 'The service that serves this document' }],
  security: [{ apiKeyHeader: [] }, { bearer: [] }, { basic: [] }, { apiKeyQuery: [] }],
  tags: [
    { name: 'stats', description: 'CPU, memory and other figures of the running containers.' },
    {
      name: 'health',
      description: 'Health checks for probes, without an API key. The format is that of Nest Terminus.',
    },
    { name: 'metrics', description: 'Metrics for Prometheus.' },
    { name: 'docs', description: 'This document. `DOCS=false` switches these routes off.' },
  ],
  components: {
    schemas: { Error: ERROR_SCHEMA, ...statsSchemas, ...historySchemas, ...healthSchemas },
    headers: HEADERS,
    responses: RESPONSES,
    securitySchemes: {
      apiKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The API key.' },
      bearer: { type: 'http', scheme: 'bearer', description: 'The API key as a bearer token (RFC 6750).' },
      basic: {
        type: 'http',
        scheme: 'basic',
        description: 'The API key as the password, with any user name (RFC 7617).',
      },
      apiKeyQuery: {
        type: 'apiKey',
        in: 'query',
        name: 'api_key',
        description: 'The API key in the URL. URLs end up in logs: prefer a header.',
      },
    },
  },
};

/** Creates the OpenAPI document of the service. */
export function createApiDocument(): OpenAPIObject {
  const paths = Object.entries(ROUTES).map(([route, operation]) => [
    route.replace(/^GET /, ''),
    { get: { ...operation, parameters: [...(operation.parameters ?? []), REQUEST_ID] } },
  ]);
  return { ...BASE, paths: Object.fromEntries(paths) as OpenAPIObject['paths'] };
}
