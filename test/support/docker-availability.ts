import { realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { accessSync, constants } from 'node:fs';

function programsOnPath(name: string): string[] {
  const found = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return [realpathSync(path)];
    } catch {
      return [];
    }
  });
  return [...new Set(found)];
}

/** Every docker CLI on the PATH: the tests of the real engine run with each. */
export const DOCKER_CLIS: readonly string[] = programsOnPath('docker');

/** Why the tests with a real docker CLI cannot run here, or `undefined`. */
export const NO_DOCKER_CLI = DOCKER_CLIS.length === 0 ? 'there is no docker CLI on the PATH' : undefined;

/** Why the tests with a private Docker engine cannot run here, or `undefined`. */
export const NO_DOCKER_ENGINE =
  NO_DOCKER_CLI ??
  (['dockerd', 'containerd', 'busybox'].some((program) => programsOnPath(program).length === 0)
    ? 'dockerd, containerd and a static busybox must be on the PATH'
    : undefined) ??
  (process.getuid?.() === 0 ? undefined : 'only root can start a Docker engine');
