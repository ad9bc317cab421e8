import type { History, HistoryPoints, HistorySummary, HostsHistory } from 'docker-stats-client';
import { HISTORY_FIELDS, SORT_FIELDS } from '../../src/history/figures/history-fields.js';
import {
  type ContainerHistoryQuery,
  HISTORY_FORMATS,
  type HistoryQuery,
  MAX_POINTS,
  MIN_POINTS,
} from '../../src/history/requests/history-query.dto.js';
import type { KeyQuery } from '../../src/stats/stats-query.dto.js';
import { createExamples, getSchemaRef } from '../builders.js';
import { getHeaderRefs, getResponseRef, KEY_RESPONSES } from '../components.js';
import type { ContentObject, ParameterObject, ResponsesObject, Routes } from '../openapi-types.js';
import { describeSort, FILTERS, LIMIT } from '../filters.js';
import { CONTAINER_PARAMETER, HOST_PARAMETER } from '../path-parameters.js';
import { describeRequestHeader } from '../request-headers.js';

const WEB = { id: 'b5d3c2e3fc43229666627b3c696c71dffc65a39ca71168a3249561540fc73d76', name: 'web-1' };

const COLUMNS: History = {
  sampledAt: ['2026-11-23T14:02:22.997Z', '2026-11-23T14:02:24.993Z'],
  containers: [{ ...WEB, cpuUsage: [20.11, 19.8], memoryUsage: [0.3203125, null] }],
};

const HOSTS: HostsHistory = {
  hosts: [
    { name: 'web1', sampledAt: ['2026-11-23T14:02:22.997Z', '2026-11-23T14:02:24.993Z'] },
    { name: 'web2', sampledAt: ['2026-11-23T14:02:23.412Z'] },
  ],
  containers: [
    { host: 'web1', ...WEB, cpuUsage: [20.11, 19.8] },
    { host: 'web2', ...WEB, cpuUsage: [3.07] },
  ],
};

const POINTS: HistoryPoints = {
  sampledAt: ['2026-11-23T13:57:24.993Z', '2026-11-23T13:59:54.993Z'],
  containers: [{ ...WEB, cpuUsage: [18.2, null], cpuUsageMin: [17.4, null], cpuUsageMax: [20.11, null] }],
};

const SUMMARY: HistorySummary = {
  since: '2026-11-23T13:57:26.012Z',
  until: '2026-11-23T14:02:24.993Z',
  samples: 149,
  containers: [{ ...WEB, samples: 149, cpuUsage: { min: 17.4, avg: 19.72, max: 22.01, p95: 21.3 } }],
};

const CSV = [
  'sampledAt,id,name,cpuUsage,memoryUsage',
  `2026-11-23T14:02:22.997Z,${WEB.id},web-1,20.11,0.3203125`,
  `2026-11-23T14:02:24.993Z,${WEB.id},web-1,19.8,`,
  '',
].join('\r\n');

const TIME =
  'ISO 8601 with a zone (`2026-11-23T14:00:00Z`), or how long ago: a duration (`90s`, `5m`, `2h`, `1d`) or a number of seconds.';

const CONTAINER_QUERY: Record<Exclude<keyof ContainerHistoryQuery, keyof KeyQuery>, ParameterObject> = {
  since: {
    name: 'since',
    in: 'query',
    description: `The start of the window. ${TIME} Default: the oldest kept sample.`,
    schema: { type: 'string', examples: ['5m', '300', '2026-11-23T14:00:00Z'] },
  },
  until: {
    name: 'until',
    in: 'query',
    description: `The end of the window. ${TIME} Default: now.`,
    schema: { type: 'string', examples: ['1m', '2026-11-23T14:05:00Z'] },
  },
  fields: {
    name: 'fields',
    in: 'query',
    description: `A comma-separated list of: ${HISTORY_FIELDS.map(({ name }) => `\`${name}\``).join(', ')}. A rate is in MB/s.`,
    schema: {
      type: 'string',
      default: 'cpuUsage,memoryUsage',
      examples: ['cpuUsage', 'pids,networkReceivedRate'],
    },
  },
  points: {
    name: 'points',
    in: 'query',
    description:
      'Divides the window into so many equal steps. Each field has three columns: the average of a step (the last value of a ' +
      'total, the rate over the step), its minimum and its maximum.',
    schema: { type: 'integer', minimum: MIN_POINTS, maximum: MAX_POINTS },
  },
  view: {
    name: 'view',
    in: 'query',
    description:
      '`summary` returns minimum, average, maximum and 95th percentile of each field. Not with `points`.',
    schema: { type: 'string', enum: ['summary'] },
  },
  format: {
    name: 'format',
    in: 'query',
    description: 'Format of the response; overrides `Accept`.',
    schema: { type: 'string', enum: [...HISTORY_FORMATS] },
  },
};

const QUERY: Record<Exclude<keyof HistoryQuery, keyof KeyQuery>, ParameterObject> = {
  ...CONTAINER_QUERY,
  ...FILTERS,
  sort: describeSort(
    SORT_FIELDS,
    ' A figure is the average over the window, a total its last value in the window.',
  ),
  limit: LIMIT,
};

const REQUEST_HEADERS = [
  describeRequestHeader('Accept', '`text/csv`. The response to any other value is JSON.', ['text/csv']),
  describeRequestHeader(
    'If-None-Match',
    'The `ETag` of an earlier response. The service returns `304` if the content is the same (RFC 9110).',
    ['"yc6xXheDE8Prclx7jKGPxO"', '*'],
  ),
  describeRequestHeader('Accept-Encoding', 'With `gzip`, bodies above 1 KB are compressed.', ['gzip']),
];

const HEADERS = getHeaderRefs(['Cache-Control', 'ETag', 'Vary', 'X-Sampled-At']);

const CSV_CONTENT: ContentObject = {
  'text/csv': {
    schema: {
      type: 'string',
      description:
        'CSV with a header line (RFC 4180): a line per container and time; with `view=summary`, a line per container.',
    },
    examples: createExamples({ columns: CSV }),
  },
};

const CONTAINER_RESPONSES = describeResponses(['History', 'HistorySummary'], {
  columns: COLUMNS,
  points: POINTS,
  summary: SUMMARY,
});

const LIST_RESPONSES = describeResponses(['History', 'HostsHistory', 'HistorySummary'], {
  columns: COLUMNS,
  hosts: HOSTS,
  points: POINTS,
  summary: SUMMARY,
});

/** Describes the responses of a route whose JSON has one of these schemas. */
function describeResponses(
  schemas: readonly string[],
  examples: Readonly<Record<string, unknown>>,
): ResponsesObject {
  return {
    '200': {
      description: 'The samples of the window. Without a sample, the columns and `containers` are empty.',
      headers: { ...HEADERS, ...getHeaderRefs(['Content-Encoding']) },
      content: {
        'application/json': {
          schema: { oneOf: schemas.map(getSchemaRef) },
          examples: createExamples(examples),
        },
        ...CSV_CONTENT,
      },
    },
    '304': { description: 'The client has the current content.', headers: HEADERS },
    ...KEY_RESPONSES,
    '404': getResponseRef('NotFound'),
    '500': getResponseRef('Internal'),
    '503': getResponseRef('Unavailable'),
  };
}

const DESCRIPTION =
  'Returns what the service has sampled for other requests in the last `HISTORY_MS` (15 minutes). Never runs docker: without ' +
  'requests, there is a gap, whose edges are `null`. At most 1,000,000 values. `404` if `HISTORY_MS` is 0.';

export const historyRoutes: Routes = {
  'GET /stats/history': {
    tags: ['stats'],
    operationId: 'listHistory',
    summary: 'The last samples of every container',
    description: `${DESCRIPTION} With \`DOCKER_HOSTS\`, the columns of a container have the times of its host.`,
    parameters: [...Object.values(QUERY), ...REQUEST_HEADERS],
    responses: LIST_RESPONSES,
  },
  'GET /containers/{reference}/stats/history': {
    tags: ['stats'],
    operationId: 'getContainerHistory',
    summary: 'The last samples of one container',
    description: `${DESCRIPTION} The container may have ended. If several had the name, this is the one seen last.`,
    parameters: [CONTAINER_PARAMETER, ...Object.values(CONTAINER_QUERY), ...REQUEST_HEADERS],
    responses: CONTAINER_RESPONSES,
  },
  'GET /hosts/{host}/containers/{reference}/stats/history': {
    tags: ['stats'],
    operationId: 'getHostContainerHistory',
    summary: 'The last samples of one container of one Docker host',
    description: `${DESCRIPTION} Also \`404\` if \`DOCKER_HOSTS\` is not set.`,
    parameters: [HOST_PARAMETER, CONTAINER_PARAMETER, ...Object.values(CONTAINER_QUERY), ...REQUEST_HEADERS],
    responses: CONTAINER_RESPONSES,
  },
};
