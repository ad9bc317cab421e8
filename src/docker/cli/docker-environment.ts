import { DEFAULT_CONTEXT, type DockerHost } from '../../config/values/docker-hosts.js';
import type { Variables } from '../../config/environment.js';

/**
 * The variables that the docker CLI, and the `ssh` that it starts, read. An explicit list keeps secrets of this service and of
 * other programs (such as `DOCKER_PASSWORD`) from them.
 */
const NAMES = [
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_TLS',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
  'DOCKER_API_VERSION',
  'DOCKER_CUSTOM_HEADERS',
  'HOME',
  'PATH',
  'SSH_AUTH_SOCK',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'XDG_RUNTIME_DIR',
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
];

/** The variables that select the daemon. */
const ADDRESS_NAMES = ['DOCKER_HOST', 'DOCKER_CONTEXT'];

/** The variables with the TLS settings of the daemon. */
const TLS_NAMES = ['DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'];

/** Returns the variables that are passed to the docker CLI. A host of `DOCKER_HOSTS` gets only those that concern it. */
export function pickDockerEnvironment(env: Variables, host?: DockerHost): Readonly<Record<string, string>> {
  const dropped = new Set(host && findForeignNames(host));
  const picked: Record<string, string> = {};
  for (const name of NAMES) {
    const value = env[name];
    if (value !== undefined && !dropped.has(name)) picked[name] = value;
  }
  if (host?.url !== undefined) picked['DOCKER_HOST'] = host.url;
  return Object.freeze(picked);
}

/** Returns the names of the variables that do not concern a host. */
function findForeignNames({ name, url }: DockerHost): string[] {
  if (url?.startsWith('tcp:')) return ADDRESS_NAMES;
  // The default context is what the CLI uses without `--context`, so `DOCKER_HOST` gives its address.
  if (url === undefined && name === DEFAULT_CONTEXT) return ['DOCKER_CONTEXT'];
  return [...ADDRESS_NAMES, ...TLS_NAMES];
}
