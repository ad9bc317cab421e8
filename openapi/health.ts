import type { HealthCheckResult } from '@nestjs/terminus';
import { answer, DOCKER_CODES, headersOf, json, objectOf, schema } from './answers.js';
import type { OperationObject, Routes, SchemaObject } from './openapi-types.js';

const SERVICE_UP = { service: { status: 'up' } };
const DOCKER_UP = { docker: { version: '28.2.2', status: 'up' } };
const DOCKER_DOWN = {
  docker: {
    code: 'docker_unreachable',
    reason: 'the Docker daemon is down or does not listen where the docker CLI looks for it',
    status: 'down',
  },
};

const DOWN = {
  status: { type: 'string', enum: ['down'] },
  code: { type: 'string', enum: DOCKER_CODES },
  reason: { type: 'string', description: 'For people; may change.' },
};

/** What the checks tell. */
const indicators: SchemaObject = {
  type: 'object',
  properties: {
    service: objectOf({ status: { type: 'string', enum: ['up'] } }),
    docker: {
      oneOf: [
        objectOf({ status: { type: 'string', enum: ['up'] }, version: { type: 'string' } }),
        objectOf(DOWN),
      ],
    },
  },
  additionalProperties: false,
};

const NAMED = schema('HealthIndicators');

/** The shape of Terminus. */
export const healthSchemas: Record<string, SchemaObject> = {
  Health: objectOf({
    status: { type: 'string', enum: ['ok', 'error', 'shutting_down'] },
    info: { ...NAMED, description: 'What is up.' },
    error: { ...NAMED, description: 'What is down.' },
    details: { ...NAMED, description: 'Both.' },
  } satisfies Record<keyof HealthCheckResult, object>),
  HealthIndicators: indicators,
};

/** What the document says of the health checks. */
export const healthRoutes: Routes = {
  'GET /health': healthRoute('getHealth', 'The service and Docker', 'Both checks at once.', {
    ...SERVICE_UP,
    ...DOCKER_UP,
  }),
  'GET /health/live': healthRoute(
    'getLiveness',
    'The service serves',
    'Never asks Docker: a restart of this service would not mend it.',
    SERVICE_UP,
  ),
  'GET /health/ready': healthRoute(
    'getReadiness',
    'The docker CLI reaches its daemon',
    'Asks the daemon for its version; the answer is kept for `HEALTH_CACHE_MS`.',
    DOCKER_UP,
  ),
};

function healthRoute(operationId: string, summary: string, description: string, up: object): OperationObject {
  const ok = { status: 'ok', info: up, error: {}, details: up };
  const info = 'service' in up ? SERVICE_UP : {};
  const failed = { status: 'error', info, error: DOCKER_DOWN, details: { ...info, ...DOCKER_DOWN } };
  const headers = headersOf(['Cache-Control']);
  return {
    tags: ['health'],
    operationId,
    summary,
    description,
    security: [],
    responses: {
      '200': { description: 'All is up.', headers, content: json('Health', { up: ok }) },
      ...('docker' in up && {
        '503': { description: 'Docker is down.', headers, content: json('Health', { down: failed }) },
      }),
      '4XX': answer('Refused'),
      '500': answer('Internal'),
    },
  };
}
