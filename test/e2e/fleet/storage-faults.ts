import { closeConnection, type RequestHandler } from '../../support/http/scripted-server.js';
import {
  sendApiError,
  sendHalf,
  sendPage,
  sendText,
} from '../../support/prometheus/fake/faulty-responses.js';

const FIX_QUERY = 'To fix: run the query by hand; the log has the error.';
const FIX_URL = 'To fix: check PROMETHEUS_URL: it ends with the path in front of /api/v1.';
export const FIX_DOWN = 'To fix: check that Prometheus is running, and PROMETHEUS_URL.';
export const FIX_LOAD = 'To fix: check the load of Prometheus; PROMETHEUS_TIMEOUT_MS sets the deadline.';
const FIX_CREDENTIALS =
  'To fix: check PROMETHEUS_BEARER_TOKEN_FILE, PROMETHEUS_BASIC_AUTH_FILE and PROMETHEUS_HEADERS.';
const FIX_LIMIT = 'To fix: raise STATS_INTERVAL_MS, or the limit of Prometheus.';
const PAGE = '<html>A page</html>';

/** What the storage does, and the code and message of the service. */
export const FAULTS: readonly [string, RequestHandler, string, string][] = [
  [
    'closes the connection',
    closeConnection,
    'prometheus_unreachable',
    `Prometheus cannot be reached: other side closed. ${FIX_DOWN}`,
  ],
  [
    'sends half a body and closes the connection',
    sendHalf,
    'prometheus_unreachable',
    `Prometheus cannot be reached: other side closed. ${FIX_DOWN}`,
  ],
  [
    'sends half a body as a whole one',
    sendText('{"status":"success","data":{"resultType":"vector","result":[{"metric":{"instance":"web1"}'),
    'prometheus_failed',
    `Unexpected response of Prometheus: {"status":"success","data":{"resultType":"vector","result":[{"metric":{"instance":"web1"}. ${FIX_URL}`,
  ],
  [
    'sends a page',
    sendPage(200),
    'prometheus_failed',
    `Unexpected response of Prometheus: ${PAGE}. ${FIX_URL}`,
  ],
  [
    'sends JSON of another API',
    sendText('[]'),
    'prometheus_failed',
    `Unexpected response of Prometheus: []. ${FIX_URL}`,
  ],
  [
    'sends null',
    sendText('null'),
    'prometheus_failed',
    `Unexpected response of Prometheus: null. ${FIX_URL}`,
  ],
  [
    'sends a number instead of series',
    sendText('{"status":"success","data":{"resultType":"scalar","result":[1764362066,"1"]}}'),
    'prometheus_failed',
    `Unexpected response of Prometheus: 1764362066. ${FIX_URL}`,
  ],
  [
    'redirects',
    sendPage(302, { Location: '/login' }),
    'prometheus_failed',
    `Prometheus responded with status 302: ${PAGE}. ${FIX_URL}`,
  ],
  [
    'refuses the credentials',
    sendPage(401),
    'prometheus_failed',
    `Prometheus responded with status 401: ${PAGE}. ${FIX_CREDENTIALS}`,
  ],
  [
    'refuses the access',
    sendPage(403),
    'prometheus_failed',
    `Prometheus responded with status 403: ${PAGE}. ${FIX_CREDENTIALS}`,
  ],
  [
    'does not know the path',
    sendPage(404),
    'prometheus_failed',
    `Prometheus responded with status 404: ${PAGE}. ${FIX_URL}`,
  ],
  [
    'cannot execute the query',
    sendApiError(422, 'execution'),
    'prometheus_failed',
    `Prometheus responded with status 422: the execution error. ${FIX_QUERY}`,
  ],
  [
    'sends an error with status 200',
    sendApiError(200, 'execution'),
    'prometheus_failed',
    `Prometheus responded with status 200: the execution error. ${FIX_QUERY}`,
  ],
  [
    'limits the requests',
    sendPage(429, { 'Retry-After': '0' }),
    'prometheus_failed',
    `Prometheus responded with status 429: ${PAGE}. ${FIX_LIMIT}`,
  ],
  [
    'has an internal error',
    sendPage(500),
    'prometheus_failed',
    `Prometheus responded with status 500: ${PAGE}. ${FIX_QUERY}`,
  ],
  [
    'is behind a proxy that cannot reach it',
    sendPage(502),
    'prometheus_unreachable',
    `Prometheus responded with status 502: ${PAGE}. ${FIX_DOWN}`,
  ],
  [
    'starts up',
    sendPage(503),
    'prometheus_unreachable',
    `Prometheus responded with status 503: ${PAGE}. ${FIX_DOWN}`,
  ],
  [
    'reaches the deadline of the query',
    sendApiError(503, 'timeout'),
    'prometheus_timeout',
    `Prometheus responded with status 503: the timeout error. ${FIX_LOAD}`,
  ],
  [
    'is behind a proxy that gives up',
    sendPage(504),
    'prometheus_timeout',
    `Prometheus responded with status 504: ${PAGE}. ${FIX_LOAD}`,
  ],
];
