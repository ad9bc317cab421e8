import { describe, expect, it } from 'vitest';
import { readDocumentedSettings } from '../../test/support/service/documented-settings.js';
import { findInvalidSettings } from '../../test/support/service/invalid-settings.js';
import { findMisspelledSettings } from './misspelled-settings.js';

/** Variables that shells, CI, Node, npm, Docker, Kubernetes and other programs set or read. */
const OTHER_PROGRAMS = `
  HOME PATH PWD OLDPWD SHELL SHLVL TERM COLORTERM LANG LANGUAGE LC_ALL LC_CTYPE TZ USER LOGNAME USERNAME MAIL EDITOR VISUAL
  PAGER DISPLAY TMPDIR TEMP TMP HOSTNAME HOSTTYPE OSTYPE MACHTYPE _ PS1 IFS LS_COLORS LINES COLUMNS DEBIAN_FRONTEND
  XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_DATA_DIRS DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK SSH_CONNECTION SSH_TTY SUDO_USER
  INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET LISTEN_FDS MAINPID CREDENTIALS_DIRECTORY STATE_DIRECTORY
  HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy SSL_CERT_FILE SSL_CERT_DIR SSL_KEY_FILE
  CURL_CA_BUNDLE TLS_CA_FILE TLS_CERT_DIR TLS_ENABLED TLS_VERIFY TLS_MIN_VERSION
  NODE NODE_OPTIONS NODE_PATH NODE_DEBUG NODE_VERSION NODE_NAME NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED
  NODE_NO_WARNINGS YARN_VERSION NO_COLOR FORCE_COLOR INIT_CWD npm_config_loglevel npm_config_host npm_config_port
  npm_config_user_agent npm_execpath npm_node_execpath npm_package_json npm_package_name npm_lifecycle_event npm_command
  DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_TLS_CERTDIR DOCKER_CERT_PATH DOCKER_PASSWORD
  DOCKER_API_VERSION DOCKER_BUILDKIT DOCKER_CLI_HINTS DOCKER_CONTENT_TRUST DOCKER_DEFAULT_PLATFORM COMPOSE_PROJECT_NAME
  COMPOSE_HTTP_TIMEOUT BUILDKIT_PROGRESS CONTAINER_HOST
  KUBERNETES_PORT KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT KUBERNETES_PORT_443_TCP POD_NAME POD_IP
  DOCKER_STATS_API_PORT DOCKER_STATS_API_SERVICE_HOST DOCKER_STATS_API_SERVICE_PORT DOCKER_STATS_API_PORT_5005_TCP_ADDR
  HEALTH_PORT STREAM_PORT API_KEYS_PORT API_KEYS_SERVICE_HOST RATE_LIMIT_SERVICE_HOST
  CI GITHUB_TOKEN GITHUB_ACTIONS GITLAB_CI RUNNER_OS OPENAI_API_KEY API_TOKEN API_URL API_HOST API_PORT KEY KEYS SECRET
  AWS_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY GOOGLE_APPLICATION_CREDENTIALS AZURE_CLIENT_ID
  PORTS HOSTS DOC DEMOS POST SORT DATABASE_URL REDIS_URL PGHOST PGPORT MYSQL_HOST RUST_LOG RUST_BACKTRACE
  JAVA_HOME GOPATH PYTHONUNBUFFERED VIRTUAL_ENV PYTHONPATH GEM_HOME PROMPT_COMMAND HISTFILE LESS MANPATH LD_LIBRARY_PATH
  VITEST VITE_USER_NODE_ENV BROWSER WATCHPACK_POLLING OTEL_SERVICE_NAME SENTRY_DSN
`
  .trim()
  .split(/\s+/);

function hintsFor(...names: string[]): string[] {
  return findMisspelledSettings(Object.fromEntries(names.map((name) => [name, 's3cret'])));
}

describe('the check for misspelled settings', () => {
  it.each([
    ['API_KEY', 'API_KEYS'],
    ['APIKEY', 'API_KEYS'],
    ['apiKeys', 'API_KEYS'],
    ['API_KESY', 'API_KEYS'],
    ['API_KEY_FILE', 'API_KEYS_FILE'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['log_level', 'LOG_LEVEL'],
    ['LOG_LEVL', 'LOG_LEVEL'],
    ['LOG-LEVEL', 'LOG_LEVEL'],
    ['NODEENV', 'NODE_ENV'],
    ['port', 'PORT'],
    ['RATE_LIMIT', 'RATE_LIMIT_PER_MINUTE'],
    ['STATS_INTERVAL', 'STATS_INTERVAL_MS'],
    ['DOCKER_TIMEOUT', 'DOCKER_TIMEOUT_MS'],
    ['DOCKER_TIMEOUT_S', 'DOCKER_TIMEOUT_MS'],
    ['DOCKER_BIM', 'DOCKER_BIN'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['STREAM_MAX', 'STREAMS_MAX'],
    ['CONNECTION_MAX', 'CONNECTIONS_MAX'],
    ['TRUSTPROXY', 'TRUST_PROXY'],
    ['TLS_CERT', 'TLS_CERT_FILE'],
    ['TLS_KEY', 'TLS_KEY_FILE'],
    ['TLS_CLIENT_CA', 'TLS_CLIENT_CA_FILE'],
  ])('reports %s as a misspelling of %s', (name, meant) => {
    expect(hintsFor(name)).toEqual([`${name} is not a setting: did you mean ${meant}?`]);
  });

  it('ignores variables of other programs', () => {
    expect(OTHER_PROGRAMS.length).toBeGreaterThan(150);
    expect(hintsFor(...OTHER_PROGRAMS)).toEqual([]);
  });

  it('accepts the exact name of every setting', () => {
    expect(hintsFor(...readDocumentedSettings().map(({ name }) => name))).toEqual([]);
  });

  it('ignores a variable that resembles a setting if that setting is set', () => {
    expect(hintsFor('API_KEY', 'API_KEYS', 'RATE_LIMIT', 'RATE_LIMIT_PER_MINUTE')).toEqual([]);
  });

  it('treats an empty variable as not set', () => {
    expect(findMisspelledSettings({ API_KEY: '', LOGLEVEL: 'debug', LOG_LEVEL: '' })).toHaveLength(1);
  });
});

it('The error for invalid settings also reports a misspelled setting, without its value', () => {
  expect(findInvalidSettings({ NODE_ENV: 'production', API_KEY: 's3cret' })).toEqual([
    'API_KEYS or API_KEYS_FILE must be set when NODE_ENV is production',
    'API_KEY is not a setting: did you mean API_KEYS?',
  ]);
});
