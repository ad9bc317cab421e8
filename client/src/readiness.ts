import type { SourceErrorCode } from './wire-types.js';

/** Whether the service reaches a Docker host, or the Prometheus that it reads: with the version of Docker, or with the reason why not. */
export type HostReadiness =
  | { readonly ready: true; readonly dockerVersion: string }
  | { readonly ready: false; readonly code: SourceErrorCode; readonly reason: string };

/**
 * Whether the service reaches Docker. If it has several Docker hosts, `hosts` has the result of each by name; the other fields are
 * those of the first host that is ready or, if the service is not ready, of the first host that is not.
 */
export type Readiness = HostReadiness & { readonly hosts?: Readonly<Record<string, HostReadiness>> };

/** Parses the body of `/health/ready`; returns `undefined` if it has another form. */
export function parseReadiness(body: unknown): Readiness | undefined {
  const { details = {} } = (body ?? {}) as { details?: Record<string, Record<string, unknown> | undefined> };
  const docker = details['docker'] ?? details['prometheus'];
  const { status, hosts } = docker ?? {};
  if (typeof hosts !== 'object' || hosts === null) return parseHost(docker);
  const parsed = Object.entries(hosts).map(([name, host]) => [name, parseHost(host)] as const);
  const known = parsed.flatMap(([name, host]) => (host === undefined ? [] : [[name, host] as const]));
  const [, example] = known.find(([, { ready }]) => ready === (status === 'up')) ?? [];
  if (example === undefined || known.length < parsed.length) return undefined;
  return { ...example, hosts: Object.fromEntries(known) };
}

function parseHost(host: unknown): HostReadiness | undefined {
  const { status, version, code, reason } = (host ?? {}) as Readonly<Record<string, unknown>>;
  if (status === 'up' && typeof version === 'string') return { ready: true, dockerVersion: version };
  if (status !== 'down' || typeof code !== 'string' || typeof reason !== 'string') return undefined;
  return { ready: false, code: code as SourceErrorCode, reason };
}
