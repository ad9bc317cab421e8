import { VERSION } from '../src/config/version.js';
import { ANSWERS, ERROR_SCHEMA, HEADERS } from './answers.js';
import { docsRoutes } from './docs.js';
import { healthRoutes, healthSchemas } from './health.js';
import { metricsRoutes } from './metrics.js';
import type { OpenAPIObject, ParameterObject, Routes } from './openapi-types.js';
import { statsRoutes } from './stats.js';
import { statsSchemas } from './stats-schemas.js';

/** Every route of the service. */
const ROUTES: Routes = { ...statsRoutes, ...healthRoutes, ...metricsRoutes, ...docsRoutes };

/** Every route takes it. */
const REQUEST_ID: ParameterObject = {
  name: 'X-Request-Id',
  in: 'header',
  description:
    'An id of the request, for its response and its line in the log: 1 to 128 characters of `A-Za-z0-9_.:-`, without the ' +
    'API key. The service takes it from a request with a valid key, and makes one for every other request.',
  schema: { type: 'string', examples: ['73d1519d-f3ae-40eb-965f-22895a7abd72'] },
};

const DESCRIPTION = `
Live CPU % and memory (MB) of every running Docker container: what \`docker stats\` says, for many callers at once.

- The API key may come as \`X-API-Key\`, as \`Authorization: Bearer\`, as the password of HTTP Basic (with any user name) or as
  \`?api_key=\`; headers are better, since URLs end up in logs. A key with a scope sees its containers alone.
- 1 MB is 1024 * 1024 bytes. 100 % of CPU is one core. A figure that docker does not give is \`null\`.
- \`HEAD\` is answered as \`GET\` is, without the body; \`OPTIONS\` with \`Allow\`.
- An unknown path is answered \`404\`, also without a key.
`.trim();

const FRAME: Omit<OpenAPIObject, 'paths'> = {
  openapi: '3.1.0',
  info: {
    title: 'docker-stats-api',
    description: DESCRIPTION,
    version: VERSION,
    license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
  },
  // Relative to the document: right on any host, and behind a proxy with a prefix.
  servers: [{ url: '.', description: 'Where this document comes from' }],
  security: [{ apiKeyHeader: [] }, { bearer: [] }, { basic: [] }, { apiKeyQuery: [] }],
  tags: [
    { name: 'stats', description: 'The figures of the running containers.' },
    { name: 'health', description: 'For probes: no key, in the shape of Terminus.' },
    { name: 'metrics', description: 'For Prometheus.' },
    { name: 'docs', description: 'This document. `DOCS=false` switches it off.' },
  ],
  components: {
    schemas: { Error: ERROR_SCHEMA, ...statsSchemas, ...healthSchemas },
    headers: HEADERS,
    responses: ANSWERS,
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
        description: 'The API key in the URL, which ends up in logs.',
      },
    },
  },
};

/** The OpenAPI document of the service. */
export function apiDocument(): OpenAPIObject {
  const paths = Object.entries(ROUTES).map(([route, operation]) => [
    route.replace(/^GET /, ''),
    { get: { ...operation, parameters: [...(operation.parameters ?? []), REQUEST_ID] } },
  ]);
  return { ...FRAME, paths: Object.fromEntries(paths) as OpenAPIObject['paths'] };
}
