import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where the `PATH` has a program of this name. */
export function programsOnPath(name: string): string[] {
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

const found = programsOnPath('docker');

/** Every docker CLI on the PATH: the tests of `test/docker` run with each. A stand-in where there is none, to be skipped. */
export const DOCKER_CLIS: readonly string[] = found.length > 0 ? found : ['no docker CLI'];

/** Why the tests with a real docker CLI cannot run here, or `undefined`. */
export const NO_DOCKER_CLI = found.length === 0 ? 'there is no docker CLI on the PATH' : undefined;

/** Why the tests with a private Docker engine cannot run here, or `undefined`. */
export const NO_DOCKER_ENGINE =
  NO_DOCKER_CLI ??
  (['dockerd', 'containerd', 'busybox'].some((program) => programsOnPath(program).length === 0)
    ? 'dockerd, containerd and a static busybox must be on the PATH'
    : undefined) ??
  (process.getuid?.() === 0 ? undefined : 'only root can start a Docker engine');

/** Why the tests with the socket proxy cannot run here, or `undefined`. */
export const NO_SOCKET_PROXY =
  NO_DOCKER_ENGINE ?? (programsOnPath('haproxy').length === 0 ? 'haproxy must be on the PATH' : undefined);

/** Why the tests with a private Podman cannot run here, or `undefined`. */
export const NO_PODMAN =
  NO_DOCKER_ENGINE ?? (programsOnPath('podman').length === 0 ? 'podman must be on the PATH' : undefined);

/** Why the tests with a real Prometheus cannot run here, or `undefined`. */
export const NO_PROMETHEUS =
  NO_DOCKER_ENGINE ??
  (['prometheus', 'promtool'].some((program) => programsOnPath(program).length === 0)
    ? 'prometheus and promtool must be on the PATH'
    : undefined);
