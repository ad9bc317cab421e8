import type { HealthCheckResult } from '@nestjs/terminus';
import { SOURCE_ERROR_CODES } from '../../src/sampling/stats-source.error.js';
import { getResponseRef, getHeaderRefs } from '../components.js';
import { createJsonContent, createObjectSchema, getSchemaRef } from '../builders.js';
import type { OperationObject, Routes, SchemaObject } from '../openapi-types.js';

const SERVICE_UP = { service: { status: 'up' } };
const DOCKER_UP = { docker: { version: '28.2.2', status: 'up' } };
const DOCKER_DOWN = {
  docker: {
    code: 'docker_unreachable',
    reason: 'The Docker daemon is not running, or listens on another address',
    status: 'down',
  },
};

const DOWN = {
  status: { type: 'string', enum: ['down'] },
  code: { type: 'string', enum: [...SOURCE_ERROR_CODES] },
  reason: { type: 'string', description: 'Human-readable; may change.' },
};

const STATES: SchemaObject[] = [
  createObjectSchema({ status: { type: 'string', enum: ['up'] }, version: { type: 'string' } }),
  createObjectSchema(DOWN),
];

const indicators: SchemaObject = {
  type: 'object',
  properties: {
    service: createObjectSchema({ status: { type: 'string', enum: ['up'] } }),
    docker: {
      oneOf: [
        ...STATES,
        {
          ...createObjectSchema({
            status: { type: 'string', enum: ['up', 'down'] },
            hosts: { type: 'object', additionalProperties: { oneOf: STATES } },
          }),
          description: 'With several Docker hosts (`DOCKER_HOSTS`).',
        },
      ],
    },
  },
  additionalProperties: false,
};

const INDICATORS = getSchemaRef('HealthIndicators');

/** The response of Nest Terminus. */
export const healthSchemas: Record<string, SchemaObject> = {
  Health: createObjectSchema({
    status: { type: 'string', enum: ['ok', 'error', 'shutting_down'] },
    info: { ...INDICATORS, description: 'The checks that are up.' },
    error: { ...INDICATORS, description: 'The checks that are down.' },
    details: { ...INDICATORS, description: 'All checks.' },
  } satisfies Record<keyof HealthCheckResult, object>),
  HealthIndicators: indicators,
};

export const healthRoutes: Routes = {
  'GET /health': describeRoute('getHealth', 'Health of the service and of Docker', 'Runs both checks.', {
    ...SERVICE_UP,
    ...DOCKER_UP,
  }),
  'GET /health/live': describeRoute(
    'getLiveness',
    'Liveness: the service responds',
    'Never uses Docker, because a restart of this service would not fix Docker.',
    SERVICE_UP,
  ),
  'GET /health/ready': describeRoute(
    'getReadiness',
    'Readiness: the docker CLI reaches the Docker daemon',
    'Requests the version of the daemon. The result is cached for `HEALTH_CACHE_MS`.',
    DOCKER_UP,
  ),
};

function describeRoute(
  operationId: string,
  summary: string,
  description: string,
  up: object,
): OperationObject {
  const ok = { status: 'ok', info: up, error: {}, details: up };
  const info = 'service' in up ? SERVICE_UP : {};
  const failed = { status: 'error', info, error: DOCKER_DOWN, details: { ...info, ...DOCKER_DOWN } };
  const headers = getHeaderRefs(['Cache-Control']);
  return {
    tags: ['health'],
    operationId,
    summary,
    description,
    security: [],
    responses: {
      '200': { description: 'All checks are up.', headers, content: createJsonContent('Health', { up: ok }) },
      ...('docker' in up && {
        '503': {
          description: 'Docker is down.',
          headers,
          content: createJsonContent('Health', { down: failed }),
        },
      }),
      '4XX': getResponseRef('Refused'),
      '500': getResponseRef('Internal'),
    },
  };
}
