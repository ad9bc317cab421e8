import { CommandError } from '../../src/command/command.error.js';
import { row } from '../support/docker-rows.js';
import { failure, type FakeCommandRunner } from '../support/fake-command-runner.js';
import { KEY } from '../support/test-app.js';

/** A request to a route of the OpenAPI document, and the status that it is to be answered with. */
export interface Case {
  readonly route: string;
  readonly status: number;
  /** What is special about it. */
  readonly how: string;
  readonly method?: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly env?: Record<string, string>;
  /** How much of other clients is on its way. */
  readonly bytesInUse?: number;
  readonly docker?: Partial<Pick<FakeCommandRunner, 'stats' | 'version'>>;
}

/** Everything else about a request, by what is special about it. */
type Requests = Readonly<Record<string, Partial<Case> & Pick<Case, 'status'>>>;

const WITH_KEY = { 'X-API-Key': KEY };
const GZIP = { 'Accept-Encoding': 'gzip' };
const HAS_IT = { 'If-None-Match': '*' };

const FAULT_OF_OURS = new TypeError('a fault of ours');
const PODMAN = { stdout: '4.3.1,Podman Engine,Conmon\n' };
const NO_DAEMON = failure('Cannot connect to the Docker daemon at unix:///var/run/docker.sock.');

const LIST = casesOf('GET /stats', '/stats', WITH_KEY, {
  ...keyed('/stats'),
  ...sampled('/stats'),
  'too much unread': { status: 503, target: '/stats?name=web-*', bytesInUse: 2 ** 30 },
  'every figure': { status: 200, target: '/stats?view=full' },
  compressed: { status: 200, target: '/stats?view=full', headers: { ...WITH_KEY, ...GZIP } },
  'as CSV by its parameter': { status: 200, target: '/stats?format=csv' },
  'as CSV': { status: 200, headers: { ...WITH_KEY, Accept: 'text/csv' } },
  'as a table': { status: 200, target: '/stats?view=full', headers: { ...WITH_KEY, Accept: 'text/plain' } },
  'by name': { status: 200, target: '/stats?name=web-*&name=x-?' },
  'no containers': { status: 200, docker: { stats: { stdout: '' } } },
  'a row of garbage': {
    status: 200,
    target: '/stats?view=full',
    docker: { stats: { stdout: `${row()}{"Name":\n` } },
  },
});

const ONE = casesOf('GET /containers/{reference}/stats', '/containers/web-1/stats', WITH_KEY, {
  ...keyed('/containers/web-1/stats'),
  ...sampled('/containers/web-1/stats'),
  'by id': { status: 200, target: `/containers/${'a'.repeat(64)}/stats` },
  'without memory': { status: 200, target: '/containers/x-1/stats' },
  'several fit': { status: 400, target: '/containers/aaaaaaaaaaaa/stats' },
  'none fits': { status: 404, target: '/containers/nosuch/stats' },
  'it has no figures': { status: 404, target: '/containers/job/stats' },
});

const STREAM = casesOf('GET /stats/stream', '/stats/stream', WITH_KEY, {
  ...keyed('/stats/stream'),
  'its beginning': { status: 200 },
  'one too many': { status: 503, env: { STREAMS_MAX: '0' } },
});

const METRICS = casesOf('GET /metrics', '/metrics', WITH_KEY, {
  ...keyed('/metrics'),
  'as it is': { status: 200 },
  compressed: { status: 200, headers: { ...WITH_KEY, ...GZIP } },
  'too much unread': { status: 503, bytesInUse: 2 ** 30 },
  'no daemon': { status: 200, docker: { stats: NO_DAEMON } },
  'a fault of ours': { status: 500, docker: { stats: FAULT_OF_OURS } },
});

const PUBLIC = [
  ...['/health', '/health/ready'].flatMap((path) =>
    casesOf(
      `GET ${path}`,
      path,
      {},
      {
        ...open(),
        'no daemon': { status: 503, docker: { version: NO_DAEMON } },
        Podman: { status: 503, docker: { version: PODMAN } },
        'a fault of ours': { status: 500, docker: { version: FAULT_OF_OURS } },
      },
    ),
  ),
  ...casesOf(
    'GET /',
    '/',
    {},
    { 'as it is': { status: 302 }, 'another method': { status: 405, method: 'DELETE' } },
  ),
  ...casesOf('GET /health/live', '/health/live', {}, open()),
  ...['/docs', '/docs-json'].flatMap((path) => casesOf(`GET ${path}`, path, {}, { ...open(), ...file() })),
  ...casesOf(
    'GET /docs/{file}',
    '/docs/start.js',
    {},
    {
      ...open(),
      ...file(),
      'a style': { status: 200, target: '/docs/swagger-ui.css' },
      'a large script': { status: 200, target: '/docs/swagger-ui-bundle.js', headers: GZIP },
      'no such file': { status: 404, target: '/docs/index.html' },
    },
  ),
];

/** Requests that get every answer there is, of every route. */
export const CASES: readonly Case[] = [...LIST, ...ONE, ...STREAM, ...METRICS, ...PUBLIC];

function casesOf(route: string, target: string, headers: Case['headers'], requests: Requests): Case[] {
  return Object.entries(requests).map(([how, request]) => ({ route, target, headers, how, ...request }));
}

/** What a route without a key answers. */
function open(): Requests {
  return { 'as it is': { status: 200 }, 'another method': { status: 405, method: 'DELETE' } };
}

/** What a route of a file answers. */
function file(): Requests {
  return { compressed: { status: 200, headers: GZIP }, 'nothing new': { status: 304, headers: HAS_IT } };
}

/** What a route with a key answers. */
function keyed(target: string): Requests {
  return {
    'no key': { status: 401, headers: {} },
    'a wrong key': { status: 401, headers: { Authorization: 'Bearer wrong' } },
    'no key, too often': { status: 429, headers: {}, env: { AUTH_FAILURES_PER_MINUTE: '1' } },
    'too often': { status: 429, env: { RATE_LIMIT_PER_MINUTE: '1' } },
    'an unknown parameter': { status: 400, target: `${target}?nmae=web` },
    'another method': { status: 405, method: 'POST' },
    'a long URL': { status: 414, target: `${target}?name=${'x'.repeat(8200)}` },
    'a large body': { status: 413, headers: { ...WITH_KEY, 'Content-Length': '99999' } },
    'a long header': { status: 431, headers: { X: 'x'.repeat(20_000) } },
  };
}

/** What a route of a sample answers. */
function sampled(target: string): Requests {
  return {
    'as it is': { status: 200 },
    'a fresh one, with a bearer token': {
      status: 200,
      headers: { Authorization: `Bearer ${KEY}`, 'Cache-Control': 'no-cache' },
    },
    'the key in the URL': { status: 200, target: `${target}?api_key=${KEY}`, headers: {} },
    'nothing new': { status: 304, headers: { ...WITH_KEY, ...HAS_IT } },
    'no docker': {
      status: 500,
      docker: { stats: new CommandError('command_not_found', 'spawn docker ENOENT') },
    },
    'no daemon': { status: 500, docker: { stats: NO_DAEMON } },
    'a daemon that hangs': { status: 500, docker: { stats: { timedOut: true, exitCode: 143 } } },
    Podman: { status: 500, docker: { version: PODMAN } },
    'docker fails': {
      status: 500,
      docker: { stats: failure('Error response from daemon: something broke') },
    },
    'a fault of ours': { status: 500, docker: { stats: FAULT_OF_OURS } },
  };
}
