import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_DOCKER_ENGINE } from '../../support/vitest/docker-availability.js';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { startService } from '../../support/service/service-process.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { KEY } from '../../support/service/test-app.js';

/** The user `nobody`, and a group that no user is in. */
const USER = 65_534;
const GROUP = 54_321;

/** Runs in a new mount namespace: mounts the repository at a path that every user can read, and makes it and `/` read-only. */
const RESTRICT = `
set -e
mount --bind "$REPOSITORY" "$APP"
mount -o remount,bind,ro "$APP"
mount -o remount,bind,ro /
if touch "$APP/x"; then echo 'The file system is not read-only'; exit 1; fi
cd /
exec setpriv --reuid=${USER} --regid=${USER} --groups=${GROUP} --no-new-privs --bounding-set=-all node "$APP/dist/main.js"
`;

describe.skipIf(NO_DOCKER_ENGINE)('Service with minimal privileges', () => {
  const engine = new DockerEngine();
  beforeAll(async () => {
    await engine.start();
    await engine.runContainer('web-1', 'sleep 1000');
  });
  afterAll(() => engine.destroy());

  it('returns stats and stops, as a user who can only access the docker socket, on a read-only file system', async () => {
    const folder = new TemporaryFolder();
    const socket = new URL(engine.host).pathname;
    for (const path of [folder.path, join(socket, '..')]) chmodSync(path, 0o755);
    chownSync(socket, 0, GROUP);
    chmodSync(socket, 0o660);
    const app = join(folder.path, 'app');
    mkdirSync(app);

    const env = {
      DOCKER_HOST: engine.host,
      API_KEYS: `ci:${KEY}`,
      NODE_ENV: 'production',
      APP: app,
      REPOSITORY: resolve('.'),
    };
    const service = startService(env, 'unshare', ['--mount', 'sh', '-c', RESTRICT]);
    const response = await fetch(`${await service.waitForUrl()}/stats`, { headers: { 'X-API-Key': KEY } });
    expect(await response.json()).toMatchObject([{ name: 'web-1' }]);
    const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
    expect(status).toMatch(new RegExp(`^Uid:\\s+${USER}\\s+${USER}\\s`, 'm'));
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
  });
});
