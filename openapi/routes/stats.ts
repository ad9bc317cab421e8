import type { ContainerStats, ErrorBody, FullStats, ProjectStats } from 'docker-stats-client';
import { PROJECT_FIELDS } from '../../src/stats/formats/project-stats.js';
import { STATS_FORMATS } from '../../src/stats/formats/stats-format.js';
import { type KeyQuery, SORT_FIELDS, type StatsListQuery } from '../../src/stats/stats-query.dto.js';
import { formatBasicJson } from '../../src/stats/formats/stats-json.js';
import { getResponseRef, getHeaderRefs, KEY_RESPONSES } from '../components.js';
import { createExamples, createJsonContent, getSchemaRef } from '../builders.js';
import { describeSort, FILTERS, LIMIT } from '../filters.js';
import { CONTAINER_PARAMETER, HOST_PARAMETER } from '../path-parameters.js';
import { describeRequestHeader, FRESHNESS_HEADER } from '../request-headers.js';
import type { ContentObject, ParameterObject, ResponsesObject, Routes } from '../openapi-types.js';

const WEB: ContainerStats = {
  id: 'b5d3c2e3fc43229666627b3c696c71dffc65a39ca71168a3249561540fc73d76',
  name: 'web-1',
  image: 'nginx:1.29',
  project: 'shop',
  service: 'web',
  state: 'running',
  health: 'healthy',
  createdAt: '2026-11-20T08:15:30Z',
  cpuUsage: 20.11,
  memoryUsage: 0.3203125,
  memoryLimit: 24104.96,
  memoryPercent: 0,
  networkReceived: 0,
  networkSent: 0,
  blockRead: 0,
  blockWritten: 0,
  pids: 1,
};

const FULL: FullStats = {
  sampledAt: '2026-11-23T14:02:24.993Z',
  ageMs: 1204,
  durationMs: 1995,
  containers: [WEB],
  skipped: [{ container: 'job', id: 'f2b0c1d3a4e5'.padEnd(64, '0'), project: 'shop', reason: 'restarting' }],
};

const CSV = 'name,cpuUsage,memoryUsage\r\nweb-1,20.11,0.3203125\r\n';

const TABLE = 'NAME      CPU %     MEM USAGE\nweb-1     20.11%    328KiB\n';

const PROJECTS: ProjectStats[] = [
  { project: 'shop', containers: 3, cpuUsage: 42.5, memoryUsage: 731.25 },
  { project: null, containers: 1, cpuUsage: 0.04, memoryUsage: 8.6 },
];

const PROJECTS_CSV = 'project,containers,cpuUsage,memoryUsage\r\nshop,3,42.5,731.25\r\n,1,0.04,8.6\r\n';

const PROJECTS_TABLE =
  'PROJECT   CONTAINERS   CPU %     MEM USAGE\nshop      3            42.50%    731.2MiB\n';

const FAILURE: ErrorBody = {
  statusCode: 500,
  code: 'docker_timeout',
  message: 'Error: Docker returned no figures',
};

const EVENTS = [
  `id: 2026-11-23T16:14:09.021Z\nevent: stats\ndata: [${formatBasicJson(WEB)}]\n\n`,
  `event: error\ndata: ${JSON.stringify(FAILURE)}\n\n`,
  ': still here\n\n',
].join('');

/** The query parameters, except the API key, which is a security scheme. */
const QUERY: Record<Exclude<keyof StatsListQuery, keyof KeyQuery>, ParameterObject> = {
  view: {
    name: 'view',
    in: 'query',
    description: '`full` returns all figures, the age of the sample and the skipped containers.',
    schema: { type: 'string', enum: ['full'] },
  },
  format: {
    name: 'format',
    in: 'query',
    description: 'Format of the response; overrides `Accept`. `text` is a table like that of `docker stats`.',
    schema: { type: 'string', enum: [...STATS_FORMATS] },
  },
  ...FILTERS,
  sort: describeSort(SORT_FIELDS),
  limit: LIMIT,
};

/** The parameters of each route that lists. */
const SELECTION = [...Object.values(FILTERS), LIMIT];

const SAMPLE_HEADERS = [
  FRESHNESS_HEADER,
  describeRequestHeader(
    'If-None-Match',
    'The `ETag` of an earlier response. The service returns `304` until the next sample (RFC 9110).',
    ['"yc6xXheDE8Prclx7jKGPxO"', '*'],
  ),
  describeRequestHeader('Accept-Encoding', 'With `gzip`, bodies above 1 KB are compressed.', ['gzip']),
];

const SAMPLE_RESPONSE_HEADERS = [
  'Age',
  'Cache-Control',
  'ETag',
  'X-Sampled-At',
  'X-Skipped-Hosts',
  'Vary',
] as const;

const CONTAINER_RESPONSES: ResponsesObject = {
  ...describeSampleResponses('The container.', createJsonContent('ContainerStats', { 'web-1': WEB })),
  ...KEY_RESPONSES,
  '404': getResponseRef('NotFound'),
  '500': getResponseRef('DockerFailed'),
  '504': getResponseRef('NotCached'),
};

export const statsRoutes: Routes = {
  'GET /stats': {
    tags: ['stats'],
    operationId: 'listStats',
    summary: 'Every running container',
    description:
      'Returns name, CPU and memory of each container, or all figures with `view=full`. Without running containers, the list is empty; this is not an error.',
    parameters: [
      QUERY.view,
      ...SELECTION,
      QUERY.sort,
      QUERY.format,
      describeRequestHeader(
        'Accept',
        '`text/csv` or `text/plain`. The response to any other value is JSON.',
        ['text/csv', 'text/plain'],
      ),
      ...SAMPLE_HEADERS,
    ],
    responses: {
      ...describeSampleResponses('The containers, sorted by name.', {
        'application/json': {
          schema: { oneOf: [getSchemaRef('BasicStats'), getSchemaRef('FullStats')] },
          examples: createExamples({
            plain: [JSON.parse(formatBasicJson(WEB))],
            full: FULL,
            'no containers': [],
          }),
        },
        'text/csv': {
          schema: {
            type: 'string',
            description: 'CSV with a header line (RFC 4180). Fields and units are those of the JSON.',
          },
          examples: createExamples({ plain: CSV }),
        },
        'text/plain': {
          schema: {
            type: 'string',
            description: 'The table that `docker stats` prints. Without `view=full`, only three columns.',
          },
          examples: createExamples({ plain: TABLE }),
        },
      }),
      ...KEY_RESPONSES,
      '404': getResponseRef('NotFound'),
      '500': getResponseRef('DockerFailed'),
      '503': getResponseRef('Unavailable'),
      '504': getResponseRef('NotCached'),
    },
  },
  'GET /stats/stream': {
    tags: ['stats'],
    operationId: 'streamStats',
    summary: 'A stream of all new samples',
    description:
      'Server-sent events (WHATWG HTML, section 9.2). The service sends a `stats` event at once and after each new sample; its ' +
      'data is the body of `GET /stats`. If a sample fails, it sends an `error` event with the error body, and the stream ' +
      'stays open. Comments are heartbeats. A client that reads slowly gets only the newest sample. At shutdown, the service ' +
      'sends `retry:` with the time to wait before reconnecting. (Swagger UI shows a stream only after its end.)',
    parameters: [
      QUERY.view,
      ...SELECTION,
      QUERY.sort,
      describeRequestHeader(
        'Last-Event-ID',
        'Sent by browsers when they reconnect. Accepted, but ignored: a stream starts with the newest sample.',
        ['2026-11-23T16:14:09.021Z'],
      ),
    ],
    responses: {
      '200': {
        description: 'A stream of events, until the client or the service closes it.',
        headers: getHeaderRefs(['Cache-Control', 'Vary']),
        content: {
          'text/event-stream': { schema: { type: 'string' }, examples: createExamples({ events: EVENTS }) },
        },
      },
      ...KEY_RESPONSES,
      '404': getResponseRef('NotFound'),
      '500': getResponseRef('Internal'),
      '503': getResponseRef('Unavailable'),
    },
  },
  'GET /projects': {
    tags: ['stats'],
    operationId: 'listProjects',
    summary: 'The sums of each project',
    description:
      'Returns the number of running containers of each project, and the sums of their CPU and memory. The filters select containers. The containers without a project are the last object, whose `project` is `null`.',
    parameters: [...SELECTION, describeSort(PROJECT_FIELDS), QUERY.format, ...SAMPLE_HEADERS],
    responses: {
      ...describeSampleResponses('The projects, sorted by name.', {
        'application/json': {
          schema: { type: 'array', items: getSchemaRef('ProjectStats') },
          examples: createExamples({ 'two projects': PROJECTS, 'no containers': [] }),
        },
        'text/csv': {
          schema: { type: 'string', description: 'CSV with a header line (RFC 4180).' },
          examples: createExamples({ projects: PROJECTS_CSV }),
        },
        'text/plain': {
          schema: { type: 'string', description: 'A table.' },
          examples: createExamples({ projects: PROJECTS_TABLE }),
        },
      }),
      ...KEY_RESPONSES,
      '404': getResponseRef('NotFound'),
      '500': getResponseRef('DockerFailed'),
      '503': getResponseRef('Unavailable'),
      '504': getResponseRef('NotCached'),
    },
  },
  'GET /containers/{reference}/stats': {
    tags: ['stats'],
    operationId: 'getContainerStats',
    summary: 'One running container',
    description:
      'Returns all figures of one container. A prefix of an id must match only one container. With several Docker hosts, the container is searched on all of them; `400` if several have it.',
    parameters: [CONTAINER_PARAMETER, ...SAMPLE_HEADERS],
    responses: CONTAINER_RESPONSES,
  },
  'GET /hosts/{host}/containers/{reference}/stats': {
    tags: ['stats'],
    operationId: 'getHostContainerStats',
    summary: 'One running container of one Docker host',
    description: 'Returns all figures of one container. `404` if `DOCKER_HOSTS` is not set.',
    parameters: [HOST_PARAMETER, CONTAINER_PARAMETER, ...SAMPLE_HEADERS],
    responses: CONTAINER_RESPONSES,
  },
};

function describeSampleResponses(description: string, content: ContentObject): ResponsesObject {
  const headers = getHeaderRefs(SAMPLE_RESPONSE_HEADERS);
  return {
    '200': { description, headers: { ...headers, ...getHeaderRefs(['Content-Encoding']) }, content },
    '304': { description: 'The client has the current sample.', headers },
  };
}
