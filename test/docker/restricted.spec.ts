import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_DOCKER_ENGINE } from '../support/docker-availability.js';
import { DockerEngine } from '../support/docker-engine.js';
import { startService } from '../support/service-process.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { KEY } from '../support/test-app.js';

/** `nobody`, and a group of no user. */
const USER = 65_534;
const GROUP = 54_321;

/** In a mount namespace of its own: the repository where anybody may read it; that and the root read-only. */
const RESTRICT = `
set -e
mount --bind "$REPOSITORY" "$APP"
mount -o remount,bind,ro "$APP"
mount -o remount,bind,ro /
if touch "$APP/x"; then echo 'the file system is not read-only'; exit 1; fi
cd /
exec setpriv --reuid=${USER} --regid=${USER} --groups=${GROUP} --no-new-privs --bounding-set=-all node "$APP/dist/main.js"
`;

describe.skipIf(NO_DOCKER_ENGINE)('a user who may do nothing but reach the socket', () => {
  const engine = new DockerEngine();
  beforeAll(async () => {
    await engine.start();
    await engine.runContainer('web-1', 'sleep 1000');
  });
  afterAll(() => engine.destroy());

  it('is enough to serve as, on a read-only file system', async () => {
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
    const response = await fetch(`${await service.url()}/stats`, { headers: { 'X-API-Key': KEY } });
    expect(await response.json()).toMatchObject([{ name: 'web-1' }]);
    const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
    expect(status).toMatch(new RegExp(`^Uid:\\s+${USER}\\s+${USER}\\s`, 'm'));
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
  });
});
