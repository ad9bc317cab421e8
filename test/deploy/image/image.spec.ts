import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { FullStats } from 'docker-stats-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SocketProxy } from '../../support/engines/socket-proxy.js';
import { toSocketPath } from '../../support/engines/unix-http.js';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { expectKnownLoad, startBusy, startHolder } from '../../support/engines/known-load.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { type Descendant, readDescendants } from '../../support/processes/processes.js';
import { NO_SOCKET_PROXY } from '../../support/vitest/docker-availability.js';
import { ServiceContainer } from './service-container.js';
import { buildServiceImage, type Layers, readLayers, SERVICE_IMAGE } from './service-image.js';

const MAX_COMPRESSED_MB = 75;

/** A fake docker CLI that fails and leaves a child behind, as a CLI plugin or `ssh` may. */
const DOCKER_WITH_ORPHAN = '#!/bin/busybox sh\n/bin/busybox sleep 0.2 &\nexit 1\n';

const { packages: LOCKED } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { readonly dev?: boolean }>;
};

/** Starts the socket proxy for one test. Returns its `DOCKER_HOST`. */
async function startProxy(engine: DockerEngine): Promise<string> {
  const proxy = new SocketProxy(engine.host);
  onTestFinished(() => proxy.destroy());
  await proxy.start();
  return proxy.host;
}

/** Whether a file belongs to a package that only development needs. */
function isOfDevPackage(path: string): boolean {
  const [folder = ''] = /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
  return LOCKED[folder]?.dev ?? false;
}

function formatDescendant({ name, state }: Descendant): string {
  if (state === 'Z') return `${name} (zombie)`;
  return name.replace('node-MainThread', 'node'); // the name in newer versions of Node
}

describe.skipIf(NO_SOCKET_PROXY)('Image', () => {
  let folder: string;
  let engine: DockerEngine;
  let layers: Layers;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'image-'));
    engine = new DockerEngine();
    await engine.start();
    await buildServiceImage(engine);
    layers = await readLayers(engine, folder);
    await Promise.all([startBusy(engine), startHolder(engine)]);
  }, 240_000);
  afterAll(async () => {
    await engine.destroy();
    rmSync(folder, { recursive: true });
  });

  describe('content', () => {
    it('declares its user, program, health check, port, stop signal and labels', async () => {
      const config: unknown = JSON.parse(
        await engine.docker('inspect', '--format', '{{json .Config}}', SERVICE_IMAGE),
      );
      expect(config).toMatchObject({
        User: '65532:65532',
        Entrypoint: ['/nodejs/bin/node', '/app/dist/main.js'],
        Healthcheck: { Test: ['CMD', '/nodejs/bin/node', '/app/dist/main.js', '--healthcheck'] },
        ExposedPorts: { '5005/tcp': {} },
        StopSignal: 'SIGTERM',
        Env: expect.arrayContaining(['NODE_ENV=production']) as string[],
        Labels: {
          'org.opencontainers.image.title': 'docker-stats-api',
          'org.opencontainers.image.version': '1.2.3',
          'org.opencontainers.image.revision': 'abc123',
        },
      });
    });

    it('adds to its base only the docker CLI, the service and its packages, readable by everybody and writable by root alone', () => {
      const files = layers.added.flatMap((layer) => layer.files);
      const parts = files.map(
        ({ path }) => /^(?:usr\/local\/bin\/docker$|app\/[^/]+)/.exec(path)?.[0] ?? path,
      );
      expect([...new Set(parts)].toSorted()).toEqual([
        'app/LICENSE',
        'app/config',
        'app/demo',
        'app/dist',
        'app/docs',
        'app/node_modules',
        'app/package.json',
        'usr/local/bin/docker',
      ]);
      expect(
        files.filter(({ mode, owner }) => !/^-r[w-](?:-r--r--|xr-xr-x)$/.test(mode) || owner !== '0/0'),
      ).toEqual([]);
      expect(files.filter(({ path }) => /\.(?:map|ts|spec\.js)$/.test(path))).toEqual([]);
    });

    it('has every file of node_modules that the service can load', () => {
      const tracer = ['--experimental-import-meta-resolve', 'test/deploy/image/loadable-files.mjs'];
      const output = execFileSync(process.execPath, [...tracer, 'dist/main.js', 'demo/docker.mjs'], {
        encoding: 'utf8',
      });
      const loadable = output.trim().split('\n');
      const needed = loadable.map((path) => relative('.', path)).filter((path) => !isOfDevPackage(path));
      expect(needed.filter((path) => path.startsWith('node_modules/')).length).toBeGreaterThan(500);
      const present = new Set(layers.added.flatMap(({ files }) => files.map(({ path }) => path)));
      expect(needed.filter((path) => !present.has(`app/${path}`))).toEqual([]);
    });

    it(`adds at most ${MAX_COMPRESSED_MB} MB to its base, compressed`, () => {
      const parts = layers.added.map(
        ({ compressedMb, files }) => `${compressedMb.toFixed(1)} ${files[0]?.path}`,
      );
      const [base, total] = [layers.base, layers.added].map((some) =>
        some.reduce((sum, { compressedMb }) => sum + compressedMb, 0),
      ) as [number, number];
      console.log(`${total.toFixed(1)} MB (${parts.join(', …; ')}, …) on a base of ${base.toFixed(1)} MB`);
      expect(total).toBeGreaterThan(10);
      expect(total).toBeLessThan(MAX_COMPRESSED_MB);
    });
  });

  describe('in a container with all hardening', () => {
    it.each(['the socket of the engine', 'the socket proxy'])(
      'returns figures, becomes healthy and stops within two seconds, with %s',
      async (access) => {
        const host = access === 'the socket proxy' ? await startProxy(engine) : engine.host;
        const container = await ServiceContainer.run(engine, { socket: toSocketPath(host) });
        const ready = await container.get('/health/ready');
        expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ok' }]);
        const stats = await container.get('/stats?view=full');
        const body = (await stats.json()) as FullStats;
        expect([stats.status, body.skipped]).toEqual([200, []]);
        expect(body.containers).toHaveLength(3); // the service is the third
        expectKnownLoad(body.containers);
        expect((await fetch(`${container.url}/stats`)).status).toBe(401);
        await expect.poll(() => container.inspect('{{.State.Health.Status}}')).toBe('healthy');

        const pid = await container.getPid();
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        expect(status).toMatch(/^Uid:\s+65532\s+65532\s/m);
        expect(status).toMatch(/^CapBnd:\s+0+$/m);
        expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
        expect(readFileSync(`/proc/${pid}/mountinfo`, 'utf8')).toMatch(/ \/ \/ ro[, ]/);

        const { tookMs, exitCode } = await container.stop();
        expect(exitCode).toBe(0);
        expect(tookMs).toBeLessThan(2000);
      },
    );

    it('becomes unhealthy while the service is frozen, and healthy when it continues', async () => {
      const container = await ServiceContainer.run(engine, { options: ['--health-retries=1'] });
      const getHealth = (): Promise<string> => container.inspect('{{.State.Health.Status}}');
      await expect.poll(getHealth, { timeout: 20_000 }).toBe('healthy');
      const pid = await container.getPid();
      process.kill(pid, 'SIGSTOP');
      await expect.poll(getHealth, { timeout: 20_000 }).toBe('unhealthy');
      const log = await container.inspect('{{json .State.Health.Log}}');
      expect(log).toContain('/health/live: no response within 2000 ms');
      process.kill(pid, 'SIGCONT');
      await expect.poll(getHealth, { timeout: 20_000 }).toBe('healthy');
    });

    it('accepts a new key when the file of keys is replaced', async () => {
      const container = await ServiceContainer.run(engine);
      expect((await container.get('/stats')).status).toBe(200);
      const key = 'another-key-0123456789';
      container.replaceKeys(`ci:${key}\n`);
      // Not more often: after 20 failures in a minute, the status is 429.
      const limits = { timeout: 10_000, interval: 1000 };
      await expect.poll(async () => (await container.get('/stats', key)).status, limits).toBe(200);
      expect((await container.get('/stats')).status).toBe(401);
    });

    it('serves simulated containers with --demo, without Docker', async () => {
      const env = { NODE_ENV: 'development', DEMO: 'true', DOCKER_HOST: 'unix:///nowhere.sock' };
      const container = await ServiceContainer.run(engine, { env });
      expect(await (await container.get('/stats')).json()).toHaveLength(6);
    });
  });

  describe('as process 1', () => {
    it('leaves no zombie after samples, checks, a deadline and a daemon that does not respond', async () => {
      const container = await ServiceContainer.run(engine, {
        env: { DOCKER_TIMEOUT_MS: '6000', DOCKER_KILL_GRACE_MS: '200' },
      });
      const pid = await container.getPid();
      for (const path of ['/stats', '/health/ready', '/stats'])
        expect((await container.get(path)).status).toBe(200);
      engine.signal('SIGSTOP');
      onTestFinished(() => engine.signal('SIGCONT'));
      const [ready, stats] = await Promise.all([container.get('/health/ready'), container.get('/stats')]);
      engine.signal('SIGCONT');
      expect([ready.status, stats.status]).toEqual([503, 500]);
      expect(await stats.json()).toMatchObject({ code: 'docker_timeout' });
      await expect.poll(() => readDescendants(pid)).toEqual([]);
    });

    it.each([
      [
        'without --init, leaves the orphans of a docker that starts programs as zombies',
        [],
        'busybox (zombie)',
      ],
      ['with --init, leaves no such orphan', ['--init'], 'node'],
    ])('%s', async (_what, options, descendant) => {
      const docker = new TemporaryFolder().write('docker', DOCKER_WITH_ORPHAN);
      chmodSync(docker, 0o755);
      const mounts = ['--volume=/bin/busybox:/bin/busybox:ro', `--volume=${docker}:/docker:ro`];
      const container = await ServiceContainer.run(engine, {
        env: { DOCKER_BIN: '/docker' },
        options: [...mounts, ...options],
      });
      const pid = await container.getPid();
      expect((await container.get('/health/ready')).status).toBe(503);
      await expect
        .poll(() => new Set(readDescendants(pid).map(formatDescendant)))
        .toEqual(new Set([descendant]));
      const { tookMs, exitCode } = await container.stop();
      expect(exitCode).toBe(0);
      expect(tookMs).toBeLessThan(2000);
    });
  });
});
