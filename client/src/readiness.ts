import type { DockerErrorCode } from './wire-types.js';

/** Whether the service reaches Docker: with the version of Docker, or with the reason why not. */
export type Readiness =
  | { readonly ready: true; readonly dockerVersion: string }
  | { readonly ready: false; readonly code: DockerErrorCode; readonly reason: string };

/** Parses the body of `/health/ready`; returns `undefined` if it has another form. */
export function parseReadiness(body: unknown): Readiness | undefined {
  const { docker } = ((body ?? {}) as { details?: { docker?: Record<string, unknown> } }).details ?? {};
  const { status, version, code, reason } = docker ?? {};
  if (status === 'up' && typeof version === 'string') return { ready: true, dockerVersion: version };
  if (status !== 'down' || typeof code !== 'string' || typeof reason !== 'string') return undefined;
  return { ready: false, code: code as DockerErrorCode, reason };
}
