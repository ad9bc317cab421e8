import { readdirSync } from 'node:fs';
import { CommandError } from '../../../src/command/command.error.js';
import { row } from '../../support/docker/docker-rows.js';
import { failure, type FakeCommandRunner } from '../../support/docker/fake-command-runner.js';
import { KEY } from '../../support/service/test-app.js';

/** One request to a route, and the expected status. */
export interface Case {
  readonly title: string;
  readonly status: number;
  readonly method?: string;
  /** Replaces the path of the route. */
  readonly path?: string;
  readonly query?: string;
  /** Replaces the headers of the route. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Settings of the service. */
  readonly env?: Record<string, string>;
  /** Size of the responses that other clients have not read yet. */
  readonly unreadBytes?: number;
  /** What the docker commands return. */
  readonly docker?: Partial<Pick<FakeCommandRunner, 'stats' | 'version'>>;
}

/** The cases of one route of the OpenAPI document. */
export interface RouteCases {
  readonly route: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the service needs a sample before the request. */
  readonly isSampled?: boolean;
  /** Settings of the service, for all cases. */
  readonly env?: Record<string, string>;
  readonly cases: readonly Case[];
}

/** A URL needs no arguments of the docker CLI. */
const SEVERAL_HOSTS = { DOCKER_HOSTS: 'web1=tcp://web1,web2=tcp://web2' };

const API_KEY = { 'X-API-Key': KEY };
const GZIP = { 'Accept-Encoding': 'gzip' };
const MATCHING_ETAG = { 'If-None-Match': '*' };

const NO_DOCKER = new CommandError('command_not_found', 'spawn docker ENOENT');
const NO_DAEMON = failure('Cannot connect to the Docker daemon at unix:///var/run/docker.sock.');
const DOCKER_FAILURE = failure('Error response from daemon: something broke');
const DOCKER_TIMEOUT = { timedOut: true, exitCode: 143 };
const PODMAN = { stdout: '4.3.1,Podman Engine,Conmon\n' };
const BUG = new TypeError('an internal error');

const NOT_CACHED: Case = {
  status: 504,
  title: 'Cache-Control: only-if-cached, without a sample',
  headers: { ...API_KEY, 'Cache-Control': 'only-if-cached' },
};

const NO_HOSTS: Case = { status: 404, title: 'no DOCKER_HOSTS', env: { DOCKER_HOSTS: '' } };

const UNKNOWN_HOST: Case = { status: 404, title: 'an unknown host', query: '?host=nosuch' };

/** For routes that need an API key. */
const AUTHENTICATED: readonly Case[] = [
  { status: 200, title: 'a valid API key' },
  { status: 401, title: 'no API key', headers: {} },
  { status: 401, title: 'an unknown API key', headers: { Authorization: 'Bearer wrong' } },
  {
    status: 429,
    title: 'too many authentication failures',
    headers: {},
    env: { AUTH_FAILURES_PER_MINUTE: '1' },
  },
  { status: 429, title: 'too many requests', env: { RATE_LIMIT_PER_MINUTE: '1' } },
  { status: 400, title: 'an unknown query parameter', query: '?nmae=web' },
  { status: 405, title: 'method POST', method: 'POST' },
  { status: 414, title: 'a long URL', query: `?name=${'x'.repeat(8200)}` },
  { status: 413, title: 'a large body', headers: { ...API_KEY, 'Content-Length': '99999' } },
  { status: 431, title: 'a long header', headers: { X: 'x'.repeat(20_000) } },
];

/** For routes that return a sample. */
const SAMPLE: readonly Case[] = [
  { status: 200, title: 'a bearer token', headers: { Authorization: `Bearer ${KEY}` } },
  { status: 200, title: 'the API key in the URL', query: `?api_key=${KEY}`, headers: {} },
  { status: 200, title: 'Cache-Control: no-cache', headers: { ...API_KEY, 'Cache-Control': 'no-cache' } },
  { status: 304, title: 'a matching ETag', headers: { ...API_KEY, ...MATCHING_ETAG } },
  { status: 200, title: 'several hosts', env: { DOCKER_HOSTS: 'web1=tcp://web1' } },
  NOT_CACHED,
  { status: 500, title: 'no docker CLI', docker: { stats: NO_DOCKER } },
  { status: 500, title: 'no Docker daemon', docker: { stats: NO_DAEMON } },
  { status: 500, title: 'a docker timeout', docker: { stats: DOCKER_TIMEOUT } },
  { status: 500, title: 'Podman', docker: { version: PODMAN } },
  { status: 500, title: 'a docker failure', docker: { stats: DOCKER_FAILURE } },
  { status: 500, title: 'an internal error', docker: { stats: BUG } },
];

/** For routes without an API key. */
const PUBLIC: readonly Case[] = [
  { status: 200, title: 'no API key' },
  { status: 405, title: 'method DELETE', method: 'DELETE' },
];

const DOCKER_HEALTH: readonly Case[] = [
  ...PUBLIC,
  { status: 503, title: 'no Docker daemon', docker: { version: NO_DAEMON } },
  { status: 503, title: 'Podman', docker: { version: PODMAN } },
  { status: 500, title: 'an internal error', docker: { version: BUG } },
];

const FILE: readonly Case[] = [
  ...PUBLIC,
  { status: 200, title: 'gzip', headers: GZIP },
  { status: 304, title: 'a matching ETag', headers: MATCHING_ETAG },
];

const PROJECTS: readonly Case[] = [
  ...AUTHENTICATED,
  ...SAMPLE,
  { ...UNKNOWN_HOST, env: SEVERAL_HOSTS },
  { status: 200, title: 'a filter, an order and a limit', query: '?project=shop&sort=-cpuUsage&limit=5' },
  { status: 200, title: 'format=csv', query: '?format=csv' },
  { status: 200, title: 'format=text', query: '?format=text' },
  { status: 200, title: 'no containers', docker: { stats: { stdout: '' } } },
  { status: 503, title: 'too many unread responses', query: '?project=*', unreadBytes: 2 ** 30 },
];

const STATS: readonly Case[] = [
  ...AUTHENTICATED,
  ...SAMPLE,
  { ...UNKNOWN_HOST, env: SEVERAL_HOSTS },
  { status: 200, title: 'the full view of several hosts', query: '?view=full', env: SEVERAL_HOSTS },
  { status: 200, title: 'the full view', query: '?view=full' },
  { status: 200, title: 'gzip', query: '?view=full', headers: { ...API_KEY, ...GZIP } },
  { status: 200, title: 'format=csv', query: '?format=csv' },
  { status: 200, title: 'Accept: text/csv', headers: { ...API_KEY, Accept: 'text/csv' } },
  {
    status: 200,
    title: 'Accept: text/plain',
    query: '?view=full',
    headers: { ...API_KEY, Accept: 'text/plain' },
  },
  { status: 200, title: 'two names', query: '?name=web-*&name=x-?' },
  { status: 200, title: 'a project', query: '?view=full&project=shop&sort=-cpuUsage&limit=5' },
  { status: 200, title: 'no containers', docker: { stats: { stdout: '' } } },
  {
    status: 200,
    title: 'a malformed row',
    query: '?view=full',
    docker: { stats: { stdout: `${row()}{"Name":\n` } },
  },
  { status: 503, title: 'too many unread responses', query: '?name=web-*', unreadBytes: 2 ** 30 },
];

const CONTAINER: readonly Case[] = [
  ...AUTHENTICATED,
  ...SAMPLE,
  { status: 200, title: 'an id', path: `/containers/${'a'.repeat(64)}/stats` },
  { status: 200, title: 'a container without memory values', path: '/containers/x-1/stats' },
  { status: 400, title: 'an ambiguous id', path: '/containers/aaaaaaaaaaaa/stats' },
  { status: 404, title: 'an unknown container', path: '/containers/nosuch/stats' },
  { status: 404, title: 'a skipped container', path: '/containers/job/stats' },
];

const HOSTS: readonly Case[] = [
  ...AUTHENTICATED,
  NO_HOSTS,
  UNKNOWN_HOST,
  NOT_CACHED,
  { status: 200, title: 'a host', query: '?host=web*' },
  { status: 200, title: 'no Docker daemon', docker: { stats: NO_DAEMON } },
  { status: 500, title: 'an internal error', docker: { stats: BUG } },
];

const HISTORY: readonly Case[] = [
  ...AUTHENTICATED,
  { status: 200, title: 'a summary', query: '?view=summary' },
  { status: 200, title: 'steps', query: '?points=2' },
  { status: 200, title: 'format=csv', query: '?format=csv' },
  { status: 304, title: 'a matching ETag', headers: { ...API_KEY, ...MATCHING_ETAG } },
  { status: 404, title: 'HISTORY_MS=0', env: { HISTORY_MS: '0' } },
  { status: 503, title: 'too many unread responses', unreadBytes: 2 ** 30 },
];

const STREAM: readonly Case[] = [
  ...AUTHENTICATED,
  { ...UNKNOWN_HOST, env: SEVERAL_HOSTS },
  { status: 503, title: 'too many streams', env: { STREAMS_MAX: '0' } },
];

const METRICS: readonly Case[] = [
  ...AUTHENTICATED,
  { status: 200, title: 'gzip', headers: { ...API_KEY, ...GZIP } },
  { status: 200, title: 'no Docker daemon', docker: { stats: NO_DAEMON } },
  NOT_CACHED,
  { status: 500, title: 'an internal error', docker: { stats: BUG } },
  { status: 503, title: 'too many unread responses', unreadBytes: 2 ** 30 },
];

const PAGE: readonly Case[] = [
  ...FILE,
  { status: 302, title: 'DASHBOARD=false', env: { DASHBOARD: 'false' } },
];

/** The built files of the page. Their names change with their content. */
const [PAGE_FILE = '', ...OTHER_PAGE_FILES] = readdirSync('dist/public/assets').map(
  (name) => `/assets/${name}`,
);

const PAGE_FILES: readonly Case[] = [
  ...FILE,
  ...OTHER_PAGE_FILES.map((path) => ({ status: 200, title: path.replace(/-.*\./, '.'), path })),
  { status: 404, title: 'an unknown file', path: '/assets/index.html' },
];

const DOCS_FILE: readonly Case[] = [
  ...FILE,
  { status: 200, title: 'a style sheet', path: '/docs/swagger-ui.css' },
  { status: 200, title: 'a large script', path: '/docs/swagger-ui-bundle.js', headers: GZIP },
  { status: 404, title: 'an unknown file', path: '/docs/index.html' },
];

/** Together, the cases provoke every response and every error code in the OpenAPI document. */
export const ROUTE_CASES: readonly RouteCases[] = [
  { route: 'GET /stats', path: '/stats', headers: API_KEY, cases: STATS },
  {
    route: 'GET /containers/{reference}/stats',
    path: '/containers/web-1/stats',
    headers: API_KEY,
    cases: CONTAINER,
  },
  {
    route: 'GET /hosts/{host}/containers/{reference}/stats',
    path: '/hosts/web1/containers/web-1/stats',
    headers: API_KEY,
    env: SEVERAL_HOSTS,
    cases: [...AUTHENTICATED, ...SAMPLE, NO_HOSTS],
  },
  { route: 'GET /hosts', path: '/hosts', headers: API_KEY, env: SEVERAL_HOSTS, cases: HOSTS },
  { route: 'GET /projects', path: '/projects', headers: API_KEY, cases: PROJECTS },
  {
    route: 'GET /stats/history',
    path: '/stats/history',
    headers: API_KEY,
    isSampled: true,
    cases: [
      ...HISTORY,
      { status: 200, title: 'gzip', headers: { ...API_KEY, ...GZIP } },
      { status: 200, title: 'several hosts', env: SEVERAL_HOSTS },
      { status: 200, title: 'a summary of several hosts', query: '?view=summary', env: SEVERAL_HOSTS },
      { ...UNKNOWN_HOST, env: SEVERAL_HOSTS },
    ],
  },
  {
    route: 'GET /containers/{reference}/stats/history',
    path: '/containers/web-1/stats/history',
    headers: API_KEY,
    isSampled: true,
    cases: HISTORY,
  },
  {
    route: 'GET /hosts/{host}/containers/{reference}/stats/history',
    path: '/hosts/web1/containers/web-1/stats/history',
    headers: API_KEY,
    env: SEVERAL_HOSTS,
    isSampled: true,
    cases: [...HISTORY, NO_HOSTS],
  },
  { route: 'GET /stats/stream', path: '/stats/stream', headers: API_KEY, cases: STREAM },
  { route: 'GET /metrics', path: '/metrics', headers: API_KEY, cases: METRICS },
  { route: 'GET /health', path: '/health', headers: {}, cases: DOCKER_HEALTH },
  { route: 'GET /health/ready', path: '/health/ready', headers: {}, cases: DOCKER_HEALTH },
  { route: 'GET /health/live', path: '/health/live', headers: {}, cases: PUBLIC },
  { route: 'GET /', path: '/', headers: {}, cases: PAGE },
  { route: 'GET /assets/{file}', path: PAGE_FILE, headers: {}, cases: PAGE_FILES },
  { route: 'GET /docs-json', path: '/docs-json', headers: {}, cases: FILE },
  { route: 'GET /docs', path: '/docs', headers: {}, cases: FILE },
  { route: 'GET /docs/{file}', path: '/docs/start.js', headers: {}, cases: DOCS_FILE },
];
