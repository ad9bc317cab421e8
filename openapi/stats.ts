import type { ContainerStats, ErrorBody, FullStats } from 'docker-stats-client';
import { STATS_FORMATS } from '../src/stats/formats/stats-format.js';
import type { KeyQuery, StatsListQuery } from '../src/stats/stats-query.dto.js';
import { basicJson } from '../src/stats/formats/stats-json.js';
import { answer, examplesOf, headersOf, json, schema } from './answers.js';
import type { ContentObject, ParameterObject, ResponsesObject, Routes } from './openapi-types.js';

const WEB: ContainerStats = {
  id: 'b5d3c2e3fc43229666627b3c696c71dffc65a39ca71168a3249561540fc73d76',
  name: 'web-1',
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
  skipped: [{ container: 'job', reason: 'restarting' }],
};

const CSV = 'name,cpuUsage,memoryUsage\r\nweb-1,20.11,0.3203125\r\n';

const TABLE = 'NAME      CPU %     MEM USAGE\nweb-1     20.11%    328KiB\n';

const LOST: ErrorBody = { statusCode: 500, code: 'docker_timeout', message: 'Error: docker gave no figures' };

const EVENTS = [
  `id: 2026-11-23T16:14:09.021Z\nevent: stats\ndata: [${basicJson(WEB)}]\n\n`,
  `event: error\ndata: ${JSON.stringify(LOST)}\n\n`,
  ': still here\n\n',
].join('');

/** The parameters of the query; the key is a security scheme. */
const QUERY: Record<Exclude<keyof StatsListQuery, keyof KeyQuery>, ParameterObject> = {
  view: {
    name: 'view',
    in: 'query',
    description: '`full` gives every figure, the age of the sample and what is missing.',
    schema: { type: 'string', enum: ['full'] },
  },
  format: {
    name: 'format',
    in: 'query',
    description: 'How the figures are written; goes before `Accept`. `text` is the table of `docker stats`.',
    schema: { type: 'string', enum: [...STATS_FORMATS] },
  },
  name: {
    name: 'name',
    in: 'query',
    description:
      'A pattern of names, in which `*` is any characters and `?` is one; a container that matches one of several is served.',
    schema: {
      type: 'array',
      maxItems: 100,
      items: { type: 'string', minLength: 1, maxLength: 255 },
      examples: [['web-*'], ['db', 'web-?']],
    },
  },
};

/** The headers of a request for a sample. */
const SAMPLE_HEADERS = [
  requestHeader(
    'Cache-Control',
    'How fresh the sample must be (RFC 9111): `no-cache` for one that ends after the request came, `max-age=N` for one at ' +
      'most N seconds old. Without it, one at most `STATS_MAX_AGE_MS` old.',
    ['no-cache', 'max-age=1'],
  ),
  requestHeader(
    'If-None-Match',
    'An `ETag` that the client has: answered `304` until the next sample (RFC 9110).',
    ['"yc6xXheDE8Prclx7jKGPxO"', '*'],
  ),
  requestHeader('Accept-Encoding', 'With `gzip`, a body above 1 KB comes compressed.', ['gzip']),
];

const SAMPLE_ANSWER_HEADERS = ['Age', 'Cache-Control', 'ETag', 'X-Sampled-At', 'Vary'] as const;

const KEY_ANSWERS = {
  '400': answer('InvalidRequest'),
  '401': answer('Unauthorized'),
  '429': answer('RateLimited'),
  '4XX': answer('Refused'),
};

/** What the document says of the figures. */
export const statsRoutes: Routes = {
  'GET /stats': {
    tags: ['stats'],
    operationId: 'listStats',
    summary: 'Every running container',
    description:
      'Name, CPU and memory of each, or every figure; no containers are an empty list, never an error.',
    parameters: [
      QUERY.view,
      QUERY.name,
      QUERY.format,
      requestHeader(
        'Accept',
        '`text/csv` or `text/plain` in place of JSON, which is the answer to any other.',
        ['text/csv', 'text/plain'],
      ),
      ...SAMPLE_HEADERS,
    ],
    responses: {
      ...sampleAnswers('The containers, by name.', {
        'application/json': {
          schema: { oneOf: [schema('BasicStats'), schema('FullStats')] },
          examples: examplesOf({ plain: [JSON.parse(basicJson(WEB))], full: FULL, 'no containers': [] }),
        },
        'text/csv': {
          schema: {
            type: 'string',
            description: 'RFC 4180, with a header line; the fields and units of the JSON.',
          },
          examples: examplesOf({ plain: CSV }),
        },
        'text/plain': {
          schema: {
            type: 'string',
            description: 'The table that `docker stats` prints, or three columns of it.',
          },
          examples: examplesOf({ plain: TABLE }),
        },
      }),
      ...KEY_ANSWERS,
      '500': answer('DockerFailed'),
      '503': answer('Unavailable'),
    },
  },
  'GET /stats/stream': {
    tags: ['stats'],
    operationId: 'streamStats',
    summary: 'The same again with each sample',
    description:
      'Server-sent events (WHATWG HTML, section 9.2): a `stats` event at once and with each new sample, whose data is the ' +
      'body of `GET /stats`; an `error` event with the body of the error when a sample fails, and the stream stays open; ' +
      'comments in between keep it alive. A client that reads too slowly gets the newest sample, and none of those between. ' +
      'When the service stops, `retry:` says when to come back. (Swagger UI shows nothing before the end of a stream.)',
    parameters: [
      QUERY.view,
      QUERY.name,
      requestHeader(
        'Last-Event-ID',
        'What browsers send when they connect again. Taken, and of no effect: a stream begins with the newest sample.',
        ['2026-11-23T16:14:09.021Z'],
      ),
    ],
    responses: {
      '200': {
        description: 'A stream of events, until the client or the service ends it.',
        headers: headersOf(['Cache-Control', 'Vary']),
        content: {
          'text/event-stream': { schema: { type: 'string' }, examples: examplesOf({ events: EVENTS }) },
        },
      },
      ...KEY_ANSWERS,
      '500': answer('Internal'),
      '503': answer('Unavailable'),
    },
  },
  'GET /containers/{reference}/stats': {
    tags: ['stats'],
    operationId: 'getContainerStats',
    summary: 'One running container',
    description: 'Every figure of it. The beginning of an id must fit one container alone.',
    parameters: [
      {
        name: 'reference',
        in: 'path',
        required: true,
        description: 'The name, the id, or the beginning of the id (12 characters or more).',
        schema: { type: 'string', examples: [WEB.name, WEB.id.slice(0, 12), WEB.id] },
      },
      ...SAMPLE_HEADERS,
    ],
    responses: {
      ...sampleAnswers('The container.', json('ContainerStats', { 'web-1': WEB })),
      ...KEY_ANSWERS,
      '404': answer('NotFound'),
      '500': answer('DockerFailed'),
    },
  },
};

/** Its examples are those of the schema: Swagger UI would send others unasked. */
function requestHeader(name: string, description: string, examples: string[]): ParameterObject {
  return { name, in: 'header', description, schema: { type: 'string', examples } };
}

function sampleAnswers(description: string, content: ContentObject): ResponsesObject {
  const headers = headersOf(SAMPLE_ANSWER_HEADERS);
  return {
    '200': { description, headers: { ...headers, ...headersOf(['Content-Encoding']) }, content },
    '304': { description: 'The client has the current sample.', headers },
  };
}
