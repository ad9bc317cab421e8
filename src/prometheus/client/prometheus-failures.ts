import { toSafeLine } from '../../sampling/safe-line.js';
import type { SampledHost } from '../../sampling/stats-sample.js';
import { StatsSourceError, type StatsSourceFailure } from '../../sampling/stats-source.error.js';

const UNREACHABLE: StatsSourceFailure = {
  code: 'prometheus_unreachable',
  reason: 'Prometheus cannot be reached',
  advice: 'check that Prometheus is running, and PROMETHEUS_URL',
};

const TLS_FAILED: StatsSourceFailure = {
  code: 'prometheus_unreachable',
  reason: 'The TLS connection to Prometheus failed',
  advice: 'check the certificate of Prometheus, and PROMETHEUS_CA_FILE',
};

const TIMEOUT: StatsSourceFailure = {
  code: 'prometheus_timeout',
  reason: 'Prometheus did not respond in time',
  advice: 'check the load of Prometheus; PROMETHEUS_TIMEOUT_MS sets the deadline',
};

const FAILED: StatsSourceFailure = {
  code: 'prometheus_failed',
  reason: 'The query of Prometheus failed',
  advice: 'run the query by hand; the log has the error',
};

const UNAUTHORIZED: StatsSourceFailure = {
  code: 'prometheus_failed',
  reason: 'Prometheus refused the credentials of this service',
  advice: 'check PROMETHEUS_BEARER_TOKEN_FILE, PROMETHEUS_BASIC_AUTH_FILE and PROMETHEUS_HEADERS',
};

const NOT_PROMETHEUS: StatsSourceFailure = {
  code: 'prometheus_failed',
  reason: 'The response is not one of the Prometheus API',
  advice: 'check PROMETHEUS_URL: it ends with the path in front of /api/v1',
};

const TOO_LARGE: StatsSourceFailure = {
  code: 'prometheus_failed',
  reason: 'The response of Prometheus is too large',
  advice: 'select fewer hosts with PROMETHEUS_MATCHERS, or raise PROMETHEUS_MAX_RESPONSE_BYTES',
};

const RATE_LIMITED: StatsSourceFailure = {
  code: 'prometheus_failed',
  reason: 'Prometheus limits the requests of this service',
  advice: 'raise STATS_INTERVAL_MS, or the limit of Prometheus',
};

const BAD_FILE: StatsSourceFailure = {
  code: 'prometheus_failed',
  reason: 'A file with the credentials for Prometheus cannot be used',
  advice: 'check the files that the settings PROMETHEUS_… name; the log has the error',
};

const NO_HOSTS: StatsSourceFailure = {
  code: 'prometheus_failed',
  reason: 'Prometheus has no figures of docker-stats-api of the last hour',
  advice:
    'check the scrape configuration, PROMETHEUS_MATCHERS, PROMETHEUS_HOST_LABEL and the tenant in PROMETHEUS_HEADERS',
};

const NO_FIGURES: StatsSourceFailure = {
  code: 'prometheus_failed',
  reason: 'No host has figures in Prometheus now',
  advice: 'check the targets in Prometheus; GET /hosts says what is wrong with each host',
};

/** How many hosts an error names. */
const MAX_LISTED_HOSTS = 10;

const SHUTTING_DOWN: StatsSourceFailure = {
  code: 'prometheus_failed',
  reason: 'The service is shutting down',
  advice: 'retry when the service runs again',
};

/** Codes of Node and OpenSSL for a certificate that cannot be verified, or another failure of TLS. */
const TLS_CODES = /CERT|SELF_SIGNED|^ERR_(SSL|TLS)_|^UNABLE_TO_|^EPROTO$|^HOSTNAME_MISMATCH$/;

/** Converts an error of a request to Prometheus. */
export function convertRequestError(error: unknown): StatsSourceError {
  const { name = '', code = '', message = '' } = error as Partial<NodeJS.ErrnoException>;
  const failed = (failure: StatsSourceFailure): StatsSourceError =>
    new StatsSourceError(failure, `${failure.reason}: ${toSafeLine(message || code || name)}`, {
      cause: error,
    });
  if (name === 'TimeoutError') return failed(TIMEOUT);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return failed(TOO_LARGE);
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return failed(SHUTTING_DOWN);
  return failed(TLS_CODES.test(code) ? TLS_FAILED : UNREACHABLE);
}

/** The error of a response that is an error. `text` is the error message of the storage, or the start of its body. */
export function createResponseError(status: number, text: string, errorType?: string): StatsSourceError {
  const message = `Prometheus responded with status ${status}: ${toSafeLine(text, 300)}`;
  return new StatsSourceError(findFailure(status, errorType), message);
}

/** The error of a response that is not JSON of the Prometheus API. */
export function createFormatError(text: string): StatsSourceError {
  return new StatsSourceError(NOT_PROMETHEUS, `Unexpected response of Prometheus: ${toSafeLine(text, 120)}`);
}

/** The error of credentials that cannot be read; the message never contains them. */
export function createFileError(error: unknown): StatsSourceError {
  return new StatsSourceError(BAD_FILE, (error as Error).message, { cause: error });
}

/** The error of a storage without any host. */
export function createNoHostsError(): StatsSourceError {
  return new StatsSourceError(NO_HOSTS, NO_HOSTS.reason);
}

/** The error of hosts of which none has figures. */
export function createNoFiguresError(hosts: readonly SampledHost[]): StatsSourceError {
  const listed = hosts.slice(0, MAX_LISTED_HOSTS).map(({ name, failure }) => `${name} (${failure?.code})`);
  const others = hosts.length > MAX_LISTED_HOSTS ? ` and ${hosts.length - MAX_LISTED_HOSTS} more` : '';
  return new StatsSourceError(NO_FIGURES, `${NO_FIGURES.reason}: ${toSafeLine(listed.join(', '))}${others}`);
}

function findFailure(status: number, errorType: string | undefined): StatsSourceFailure {
  if (errorType === 'timeout' || errorType === 'canceled' || status === 504) return TIMEOUT;
  if (status === 401 || status === 403) return UNAUTHORIZED;
  if (status === 429) return RATE_LIMITED;
  if (errorType === undefined && (status < 400 || status === 404 || status === 405)) return NOT_PROMETHEUS;
  return status === 502 || (status === 503 && errorType === undefined) ? UNREACHABLE : FAILED;
}
