import { chmodSync, chownSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { toSocketPath } from '../../support/engines/unix-http.js';
import type { DockerEngine } from '../../support/engines/docker-engine.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { findFreePort } from '../../support/http/free-port.js';
import { KEY } from '../../support/service/test-app.js';
import { SERVICE_IMAGE } from './service-image.js';

/** The group of the mounted socket. No user is in it. */
const SOCKET_GROUP = 54_321;

/** The options that docs/deploy/image.md recommends. */
const HARDENING = [
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--user=65532:65532',
  `--group-add=${SOCKET_GROUP}`,
  '--memory=256m',
  '--pids-limit=100',
];

/** How to run the image, apart from the hardening. */
export interface ContainerOptions {
  /** The Docker socket to mount. Default: the engine's own. */
  readonly socket?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** More options of `docker run`. */
  readonly options?: readonly string[];
}

/** The image of the service, running with all hardening on a private engine. */
export class ServiceContainer {
  private constructor(
    private readonly engine: DockerEngine,
    readonly id: string,
    readonly url: string,
    private readonly secrets: TemporaryFolder,
  ) {}

  /** Starts a container for one test. It is removed at the end of the test. */
  static async run(engine: DockerEngine, settings: ContainerOptions = {}): Promise<ServiceContainer> {
    const { socket = toSocketPath(engine.host), env = {}, options = [] } = settings;
    chownSync(socket, 0, SOCKET_GROUP);
    chmodSync(socket, 0o660);
    const secrets = new TemporaryFolder();
    secrets.write('api-keys', `ci:${KEY}\n`);
    chmodSync(secrets.path, 0o755);
    const port = await findFreePort();
    const variables = {
      API_KEYS_FILE: '/run/secrets/api-keys',
      HOST: '127.0.0.1',
      PORT: String(port),
      HEALTH_CACHE_MS: '0',
      ...env,
    };
    const args = [
      ...HARDENING,
      `--volume=${socket}:/var/run/docker.sock`,
      `--volume=${secrets.path}:/run/secrets:ro`,
      '--network=host',
      '--health-interval=1s',
      ...Object.entries(variables).map(([name, value]) => `--env=${name}=${value}`),
      ...options,
    ];
    const id = await engine.docker('run', '--detach', ...args, SERVICE_IMAGE);
    onTestFinished(async () => void (await engine.docker('rm', '--force', id)));
    return new ServiceContainer(engine, id, `http://127.0.0.1:${port}`, secrets);
  }

  /** Replaces the file of API keys, as an editor does. */
  replaceKeys(content: string): void {
    renameSync(this.secrets.write('next', content), join(this.secrets.path, 'api-keys'));
  }

  /** Requests a path with an API key. Waits while the service starts. */
  async get(path: string, key = KEY): Promise<Response> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      try {
        const headers = { 'X-API-Key': key, 'Cache-Control': 'no-cache' };
        return await fetch(`${this.url}${path}`, { headers });
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(50);
      }
    }
  }

  /** Returns one value of `docker inspect`, given as a Go template. */
  inspect(template: string): Promise<string> {
    return this.engine.docker('inspect', '--format', template, this.id);
  }

  /** The id of process 1 of the container, outside of the container. */
  async getPid(): Promise<number> {
    return Number(await this.inspect('{{.State.Pid}}'));
  }

  /** Runs `docker stop` and measures it. */
  async stop(): Promise<{ readonly tookMs: number; readonly exitCode: number }> {
    const before = performance.now();
    await this.engine.docker('stop', '--time', '10', this.id);
    const tookMs = performance.now() - before;
    return { tookMs, exitCode: Number(await this.inspect('{{.State.ExitCode}}')) };
  }
}
