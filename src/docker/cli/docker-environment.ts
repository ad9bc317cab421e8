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

/** Returns the variables that are passed to the docker CLI. */
export function pickDockerEnvironment(env: Variables): Readonly<Record<string, string>> {
  const picked: Record<string, string> = {};
  for (const name of NAMES) {
    const value = env[name];
    if (value !== undefined) picked[name] = value;
  }
  return Object.freeze(picked);
}
