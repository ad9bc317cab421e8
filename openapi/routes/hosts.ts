import type { HostStatus } from 'docker-stats-client';
import { createExamples, getSchemaRef } from '../builders.js';
import { getHeaderRefs, getResponseRef, KEY_RESPONSES } from '../components.js';
import { FILTERS } from '../filters.js';
import type { Routes } from '../openapi-types.js';
import { FRESHNESS_HEADER } from '../request-headers.js';

const HOSTS: HostStatus[] = [
  { name: 'web1', state: 'up', version: '28.2.2', containers: 12, error: null },
  {
    name: 'db1',
    state: 'down',
    version: null,
    containers: null,
    error: {
      code: 'docker_unreachable',
      message: 'The Docker daemon is not running, or listens on another address.',
      since: '2026-11-23T14:02:24.993Z',
    },
  },
];

export const hostsRoutes: Routes = {
  'GET /hosts': {
    tags: ['stats'],
    operationId: 'listHosts',
    summary: 'The Docker hosts',
    description:
      'Returns the state of each host of `DOCKER_HOSTS`, in their order. Takes a sample if none is fresh enough. `404` if `DOCKER_HOSTS` is not set.',
    parameters: [FILTERS.host, FRESHNESS_HEADER],
    responses: {
      '200': {
        description: 'The hosts.',
        headers: getHeaderRefs(['Cache-Control']),
        content: {
          'application/json': {
            schema: { type: 'array', items: getSchemaRef('HostStatus') },
            examples: createExamples({ 'two hosts': HOSTS }),
          },
        },
      },
      ...KEY_RESPONSES,
      '404': getResponseRef('NotFound'),
      '500': getResponseRef('Internal'),
      '504': getResponseRef('NotCached'),
    },
  },
};
