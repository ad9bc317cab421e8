import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Returns the path of every program with this name on the `PATH`, with links resolved. */
export function findPrograms(name: string): string[] {
  const paths = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return [realpathSync(path)];
    } catch {
      return [];
    }
  });
  return [...new Set(paths)];
}

const found = findPrograms('docker');

/** Every docker CLI on the PATH; the tests run with each. Never empty: `describe.each` needs a value to report as skipped. */
export const DOCKER_CLIS: readonly string[] = found.length > 0 ? found : ['no docker CLI'];

/** The first and the last of them, for tests that take long. */
export const TWO_DOCKER_CLIS: readonly string[] = [
  ...new Set([DOCKER_CLIS.at(0), DOCKER_CLIS.at(-1)]),
].filter((cli) => cli !== undefined);

/** Why the tests with a real docker CLI are skipped; `undefined` when they run. */
export const NO_DOCKER_CLI = found.length === 0 ? 'docker must be on the PATH' : undefined;

/** Why the tests with a private Docker engine are skipped; `undefined` when they run. */
export const NO_DOCKER_ENGINE =
  NO_DOCKER_CLI ??
  (['dockerd', 'containerd', 'busybox'].some((program) => findPrograms(program).length === 0)
    ? 'dockerd, containerd and a static busybox must be on the PATH'
    : undefined) ??
  (process.getuid?.() === 0 ? undefined : 'only root can start a Docker engine');

/** Why the tests with the socket proxy are skipped; `undefined` when they run. */
export const NO_SOCKET_PROXY =
  NO_DOCKER_ENGINE ?? (findPrograms('haproxy').length === 0 ? 'haproxy must be on the PATH' : undefined);

/** Why the tests with a private Podman are skipped; `undefined` when they run. */
export const NO_PODMAN =
  NO_DOCKER_ENGINE ?? (findPrograms('podman').length === 0 ? 'podman must be on the PATH' : undefined);

/** Why the tests with a real sshd are skipped; `undefined` when they run. */
export const NO_SSH =
  NO_DOCKER_ENGINE ??
  (existsSync('/usr/sbin/sshd') && findPrograms('ssh').length > 0
    ? undefined
    : 'ssh must be on the PATH, and sshd in /usr/sbin');

/** Why the tests with a real Prometheus are skipped; `undefined` when they run. */
export const NO_PROMETHEUS =
  NO_DOCKER_ENGINE ??
  (['prometheus', 'promtool'].some((program) => findPrograms(program).length === 0)
    ? 'prometheus and promtool must be on the PATH'
    : undefined);

export const NO_VICTORIA_METRICS =
  findPrograms('victoria-metrics').length === 0 ? 'victoria-metrics must be on the PATH' : undefined;

/** Every Compose on the PATH, with version 2 or later: version 1 does not know all keys of the compose files. */
export const COMPOSE_PROGRAMS: readonly string[] = findPrograms('docker-compose').filter((program) =>
  /^v?(?:[2-9]|\d\d)\./.test(execFileSync(program, ['version', '--short'], { encoding: 'utf8' })),
);

/** Why the tests of the compose files are skipped; `undefined` when they run. */
export const NO_COMPOSE =
  NO_PROMETHEUS ??
  NO_SOCKET_PROXY ??
  (COMPOSE_PROGRAMS.length === 0 ? 'docker-compose 2 or later must be on the PATH' : undefined);

const kubectls = findPrograms('kubectl');

/** Every kubectl on the PATH; never empty, as `DOCKER_CLIS`. */
export const KUBECTLS: readonly [string, ...string[]] = [kubectls[0] ?? 'no kubectl', ...kubectls.slice(1)];

/** Why the tests that build the manifests for Kubernetes are skipped; `undefined` when they run. */
export const NO_KUBECTL = kubectls.length === 0 ? 'kubectl must be on the PATH' : undefined;

/** Other systems than Linux do not have this file. */
function readMounts(): string {
  return existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8') : '';
}

/** Why the tests with `systemd-analyze` are skipped; `undefined` when they run. */
export const NO_SYSTEMD_ANALYZE =
  findPrograms('systemd-analyze').length === 0 ? 'systemd must be installed' : undefined;

/** Why the tests that boot systemd are skipped; `undefined` when they run. */
export const NO_SYSTEMD =
  NO_SOCKET_PROXY ??
  NO_SYSTEMD_ANALYZE ??
  (/ cgroup2 /.test(readMounts()) ? undefined : 'a cgroup v2 must be mounted');
