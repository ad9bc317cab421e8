import {
  IsArray,
  IsIn,
  IsInstance,
  IsObject,
  Matches,
  ValidateIf,
  type ValidationArguments,
} from 'class-validator';
import type { Variables } from './environment.js';
import { parseApiKeys, type ParsedApiKeys } from './api-keys/api-keys.js';
import { type DockerHost, parseDockerHosts } from './values/docker-hosts.js';
import { Flag, Integer, ReadText } from './setting-rules.js';
import { isSet, parseHeaders, parsePrometheusUrl, splitList } from './values/prometheus.js';
import { parseTrustProxy, type TrustProxy } from './values/trust-proxy.js';

/** The longest delay that Node's timers support; a longer one would fire immediately. */
const MAX_DELAY_MS = 2_147_483_647;

/** As browsers send it in `Origin` (RFC 6454, section 6.2): in lower case, without a path. */
const ORIGIN = /^https?:\/\/[a-z0-9.-]+(?::[1-9]\d{0,4})?$/;

const LABEL_NAME = /^[A-Za-z_]\w*$/;

/** The values of `LOG_LEVEL`, from no log lines to all. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/**
 * The validated settings, each under the name of its environment variable. The object is frozen.
 * Meanings and defaults are in `config/default.env`.
 */
export class Settings {
  @Integer(0, 65_535)
  readonly PORT!: number;

  @Matches(/^[A-Za-z0-9.:_%-]+$/, { message: '$property must be an IP address or a host name' })
  readonly HOST!: string;

  @IsIn(['development', 'test', 'production'], {
    message: '$property must be development, test or production',
  })
  readonly NODE_ENV!: 'development' | 'test' | 'production';

  @ReadText(parseApiKeys)
  readonly API_KEYS!: ParsedApiKeys;

  readonly API_KEYS_FILE?: string;

  @Integer(1, 1_000_000_000)
  readonly RATE_LIMIT_PER_MINUTE!: number;

  @Integer(1, 1_000_000_000)
  readonly AUTH_FAILURES_PER_MINUTE!: number;

  @ReadText(parseTrustProxy)
  @IsInstance(Function, {
    message:
      '$property must be off, a number of proxies from 1 to 10, or a comma-separated list of IP addresses and networks',
  })
  readonly TRUST_PROXY!: TrustProxy;

  @Integer(1, 1_000_000)
  readonly CONNECTIONS_MAX!: number;

  @Integer(100, MAX_DELAY_MS)
  readonly REQUEST_TIMEOUT_MS!: number;

  @Integer(0, MAX_DELAY_MS)
  readonly KEEP_ALIVE_TIMEOUT_MS!: number;

  @ReadText(splitList)
  @Matches(ORIGIN, {
    each: true,
    message: '$property must be a comma-separated list of origins such as https://example.org',
  })
  readonly CORS_ORIGINS!: readonly string[];

  readonly TLS_CERT_FILE?: string;

  readonly TLS_KEY_FILE?: string;

  readonly TLS_CLIENT_CA_FILE?: string;

  @IsIn(['docker', 'prometheus'], { message: '$property must be docker or prometheus' })
  readonly STATS_SOURCE!: 'docker' | 'prometheus';

  readonly DOCKER_BIN!: string;

  /** Empty if the service has only the host of the docker CLI's own settings. */
  @ReadText(parseDockerHosts)
  @IsArray({ message: ({ value }: ValidationArguments) => `DOCKER_HOSTS: ${String(value)}` })
  readonly DOCKER_HOSTS!: readonly DockerHost[];

  @Integer(1, MAX_DELAY_MS)
  readonly HOST_WAIT_MS!: number;

  @Integer(1, 1000)
  readonly DOCKER_CONCURRENCY!: number;

  @Integer(1, MAX_DELAY_MS)
  readonly DOCKER_TIMEOUT_MS!: number;

  @Integer(100, 60_000)
  readonly DOCKER_KILL_GRACE_MS!: number;

  /** At most 256 MiB, because V8 limits the length of the string that the output becomes. */
  @Integer(1, 268_435_456)
  readonly DOCKER_MAX_OUTPUT_BYTES!: number;

  @ValidateIf(isSet)
  @ReadText(parsePrometheusUrl)
  @IsInstance(URL, {
    message: '$property must be an http:// or https:// URL without a user, a password and a fragment',
  })
  readonly PROMETHEUS_URL?: URL;

  readonly PROMETHEUS_MATCHERS?: string;

  @Matches(LABEL_NAME, { message: '$property must be the name of a label' })
  readonly PROMETHEUS_HOST_LABEL!: string;

  @ReadText(splitList)
  @Matches(LABEL_NAME, { each: true, message: '$property must be a comma-separated list of label names' })
  readonly PROMETHEUS_REPLICA_LABELS!: readonly string[];

  readonly PROMETHEUS_BEARER_TOKEN_FILE?: string;

  readonly PROMETHEUS_BASIC_AUTH_FILE?: string;

  @ReadText(parseHeaders)
  @IsObject({ message: '$property must be a comma-separated list of headers, each Name=value' })
  readonly PROMETHEUS_HEADERS!: Readonly<Record<string, string>>;

  readonly PROMETHEUS_CA_FILE?: string;

  @Integer(1, MAX_DELAY_MS)
  readonly PROMETHEUS_TIMEOUT_MS!: number;

  @Integer(1, 4_294_967_296)
  readonly PROMETHEUS_MAX_RESPONSE_BYTES!: number;

  @Integer(0, MAX_DELAY_MS)
  readonly STATS_INTERVAL_MS!: number;

  @Integer(0, MAX_DELAY_MS)
  readonly STATS_MAX_AGE_MS!: number;

  @Integer(0, MAX_DELAY_MS)
  readonly STATS_IDLE_AFTER_MS!: number;

  @Integer(0, MAX_DELAY_MS)
  readonly HISTORY_MS!: number;

  @Integer(0, 4_294_967_296)
  readonly HISTORY_MAX_BYTES!: number;

  @Integer(0, 1_000_000)
  readonly STREAMS_MAX!: number;

  @Integer(100, MAX_DELAY_MS)
  readonly STREAM_HEARTBEAT_MS!: number;

  @Integer(1, MAX_DELAY_MS)
  readonly HEALTH_TIMEOUT_MS!: number;

  @Integer(0, MAX_DELAY_MS)
  readonly HEALTH_CACHE_MS!: number;

  @Integer(0, MAX_DELAY_MS)
  readonly SHUTDOWN_TIMEOUT_MS!: number;

  @IsIn(['any', 'all'], { message: '$property must be any or all' })
  readonly READY_HOSTS!: 'any' | 'all';

  @IsIn(LOG_LEVELS, { message: `$property must be one of ${LOG_LEVELS.join(', ')}` })
  readonly LOG_LEVEL!: (typeof LOG_LEVELS)[number];

  @Flag()
  readonly DOCS!: boolean;

  @Flag()
  readonly DASHBOARD!: boolean;

  @Flag()
  readonly DEMO!: boolean;

  /**
   * All variables that the settings were read from, including secrets. Pass a child process only the variables that it
   * needs.
   */
  readonly environment!: Variables;

  get isProduction(): boolean {
    return this.NODE_ENV === 'production';
  }
}
