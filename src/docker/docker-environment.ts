import type { Variables } from '../config/environment.js';

/**
 * What the docker CLI and the `ssh` that it starts read. Named one by one, so that no secret of ours or of
 * another program (`DOCKER_PASSWORD`, say) goes along.
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

/** The part of an environment that the docker CLI gets. */
export function dockerEnvironment(env: Variables): Readonly<Record<string, string>> {
  const picked: Record<string, string> = {};
  for (const name of NAMES) {
    const value = env[name];
    if (value !== undefined) picked[name] = value;
  }
  return Object.freeze(picked);
}
