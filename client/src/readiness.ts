import type { DockerErrorCode } from './wire-types.js';

/** What `/health/ready` says: whether the docker CLI reaches its daemon; its version, or why not. */
export type Readiness =
  | { readonly ready: true; readonly dockerVersion: string }
  | { readonly ready: false; readonly code: DockerErrorCode; readonly reason: string };

/** Reads the body of `/health/ready`, which has Terminus' shape; `undefined` where it has another one. */
export function readinessOf(body: unknown): Readiness | undefined {
  const { docker } = ((body ?? {}) as { details?: { docker?: Record<string, unknown> } }).details ?? {};
  const { status, version, code, reason } = docker ?? {};
  if (status === 'up' && typeof version === 'string') return { ready: true, dockerVersion: version };
  if (status !== 'down' || typeof code !== 'string' || typeof reason !== 'string') return undefined;
  return { ready: false, code: code as DockerErrorCode, reason };
}
