import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import type { Response, Test } from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContainerStats, FullStats } from 'docker-stats-client';
import { SpawnCommandRunner } from '../../src/command/spawn-command-runner.js';
import { Churn } from '../support/engines/churn.js';
import { NO_DOCKER_ENGINE, TWO_DOCKER_CLIS } from '../support/vitest/docker-availability.js';
import { DockerEngine } from '../support/engines/docker-engine.js';
import { expectKnownLoad, startBusy, startHolder } from '../support/engines/known-load.js';
import { findProcesses } from '../support/processes/processes.js';
import { bootApp, type TestApp } from '../support/service/test-app.js';

const run = promisify(execFile);

/** The time until the middle of a sample: the CLI has requested the values, and the daemon has not yet returned them. */
const MID_SAMPLE_MS = 700;

const UNREACHABLE = { status: 500, body: { code: 'docker_unreachable' } };

function findByName(containers: readonly ContainerStats[], name: string): ContainerStats | undefined {
  return containers.find((container) => container.name === name);
}

/** Sends a request immediately. Supertest sends it only when the response is awaited. */
async function send(request: Test): Promise<Response> {
  return request;
}

describe.skipIf(NO_DOCKER_ENGINE).each(TWO_DOCKER_CLIS)('Service with a real engine, through %s', (cli) => {
  let engine: DockerEngine;
  let test: TestApp<SpawnCommandRunner>;

  beforeAll(async () => {
    engine = new DockerEngine();
    await engine.start();
    await Promise.all([startBusy(engine), startHolder(engine), engine.runContainer('idle', 'sleep 1000')]);
  });
  afterAll(() => engine.destroy());

  /** Boots the service with an engine. */
  function boot({ host }: DockerEngine): Promise<TestApp<SpawnCommandRunner>> {
    const docker = { DOCKER_BIN: cli, DOCKER_HOST: host, DOCKER_TIMEOUT_MS: '6000' };
    const health = { HEALTH_TIMEOUT_MS: '2000', HEALTH_CACHE_MS: '0' };
    return bootApp({ ...docker, ...health }, { runner: new SpawnCommandRunner() });
  }

  beforeEach(async () => {
    test = await boot(engine);
  });
  afterEach(() => test.app.close());

  async function expectRecovery(): Promise<void> {
    await expect.poll(async () => (await test.get('/health/ready')).status, { timeout: 20_000 }).toBe(200);
    await expect.poll(async () => (await test.get('/stats')).status, { timeout: 10_000 }).toBe(200);
  }

  async function getFullStats(): Promise<FullStats> {
    const { status, body } = await test.get('/stats?view=full');
    expect(status).toBe(200);
    return body as FullStats;
  }

  /** Requests fresh samples, one after the other, and measures the response times. */
  async function takeSamples(count: number): Promise<{ tookMs: number; stats: FullStats }[]> {
    const samples = [];
    for (let n = 0; n < count; n++) {
      const before = performance.now();
      const { body } = await test.get('/stats?view=full').set('Cache-Control', 'no-cache').expect(200);
      samples.push({ tookMs: performance.now() - before, stats: body as FullStats });
    }
    return samples;
  }

  /** Reads the values that `docker stats` prints. */
  async function readDockerStats(): Promise<Map<string, { cpu: number; memory: string }>> {
    const format = '{{.Name}} {{.CPUPerc}} {{.MemUsage}}';
    const { stdout } = await run(cli, ['-H', engine.host, 'stats', '--no-stream', '--format', format]);
    const rows = [...stdout.matchAll(/^(\S+) ([\d.]+)% (\S+)/gm)];
    return new Map(rows.map(([, name = '', cpu = '', memory = '']) => [name, { cpu: Number(cpu), memory }]));
  }

  it('logs the engine version and the number of running containers', async () => {
    const log = vi.spyOn(Logger.prototype, 'log');
    await test.get('/health/ready').expect(200);
    const version = await engine.docker('version', '--format', '{{.Server.Version}}');
    expect(log.mock.calls).toContainEqual([`Docker ${version} is reachable; running containers: 3`]);
  });

  describe('GET /stats', () => {
    it('returns the values that docker stats prints at the same time', async () => {
      const [{ containers, skipped }, printed] = await Promise.all([getFullStats(), readDockerStats()]);
      expect(skipped).toEqual([]);
      expect(containers.map(({ name }) => name)).toEqual(['busy', 'holder', 'idle']);
      expect([...printed.keys()].toSorted()).toEqual(['busy', 'holder', 'idle']);
      for (const { name, cpuUsage } of containers) {
        expect(Math.abs(cpuUsage - (printed.get(name)?.cpu ?? NaN))).toBeLessThan(6);
      }
      const holder = findByName(containers, 'holder');
      expect(printed.get('holder')?.memory).toMatch(/^5\d\.\d+MiB$/);
      expect(holder?.memoryUsage).toBeCloseTo(Number.parseFloat(printed.get('holder')?.memory ?? ''), 0);
    });

    it('returns the CPU and memory usage of a known load', async () => {
      const { containers } = await getFullStats();
      expectKnownLoad(containers);
      expect(findByName(containers, 'idle')?.cpuUsage).toBeLessThan(5);
      expect(findByName(containers, 'idle')?.memoryUsage).toBeLessThan(5);
      const id = expect.stringMatching(/^[\da-f]{64}$/) as string;
      expect(findByName(containers, 'idle')).toMatchObject({ id, pids: 1 });
    });

    it('returns the same memory usage as GET /containers/holder/stats', async () => {
      const { body } = await test.get('/stats?name=hold*');
      expect(body).toEqual([
        { name: 'holder', cpuUsage: expect.any(Number) as number, memoryUsage: expect.any(Number) as number },
      ]);
      const [holder] = body as ContainerStats[];
      const single = await test.get('/containers/holder/stats').expect(200);
      expect(single.body).toMatchObject({ name: 'holder', memoryUsage: holder?.memoryUsage });
    });
  });

  describe('GET /stats?view=full', () => {
    it('returns a paused container with CPU usage 0', async () => {
      await engine.runContainer('paused', 'sleep 1000');
      await engine.docker('pause', 'paused');
      const { containers, skipped } = await getFullStats();
      expect(skipped).toEqual([]);
      expect(findByName(containers, 'paused')).toMatchObject({ cpuUsage: 0, pids: 1 });
      await engine.docker('rm', '-f', 'paused');
    });

    it('lists a restarting container as skipped', async () => {
      await engine.runContainer('restarter', 'false', '--restart', 'always');
      // Docker doubles the delay before each restart. From the sixth on, it is longer than a sample.
      const state = '{{.State.Restarting}} {{.RestartCount}}';
      await expect
        .poll(() => engine.docker('inspect', '-f', state, 'restarter'), { timeout: 40_000 })
        .toMatch(/^true [6-9]$/);
      const { containers, skipped } = await getFullStats();
      expect(containers.map(({ name }) => name)).toEqual(['busy', 'holder', 'idle']);
      expect(skipped).toMatchObject([{ container: 'restarter', reason: 'restarting' }]);
      await test.get('/containers/restarter/stats').expect(404, /"code":"not_found"/);
      await engine.docker('rm', '-f', 'restarter');
    });

    it('returns the other containers when one ends during the sample', async () => {
      await engine.runContainer('brief', 'sleep 1000', '--rm');
      const sampling = getFullStats();
      await delay(MID_SAMPLE_MS);
      await engine.docker('kill', 'brief');
      const { containers } = await sampling;
      expect(containers.map(({ name }) => name)).toEqual(expect.arrayContaining(['busy', 'holder', 'idle']));
    });

    it('returns every container that ran for the whole sample, without delay, while others start and end', async () => {
      const idleSamples = await takeSamples(3);
      const churn = new Churn(engine);
      const samples = await takeSamples(6);
      const shortLived = await churn.stop();
      expect(shortLived.length).toBeGreaterThan(15);
      // The median, because on a busy machine docker sometimes waits for a container that is starting.
      const median = samples.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)[samples.length / 2];
      expect(median).toBeLessThan(2 * Math.max(...idleSamples.map(({ tookMs }) => tookMs)));
      let checked = 0;
      for (const { stats } of samples) {
        const end = Date.parse(stats.sampledAt);
        const running = shortLived.filter(({ from, to }) => from < end - stats.durationMs && to > end);
        checked += running.length;
        expect(stats.containers.map(({ name }) => name)).toEqual(
          expect.arrayContaining(['busy', 'holder', 'idle', ...running.map(({ name }) => name)]),
        );
        expectKnownLoad(stats.containers);
      }
      expect(checked).toBeGreaterThan(10);
    });

    it('returns no containers, and no error, when none runs', async () => {
      const empty = new DockerEngine();
      await empty.start();
      const own = await boot(empty);
      await own.get('/stats').expect(200, []);
      await own.app.close();
      await empty.destroy();
    });
  });

  describe('GET /stats and /health/ready when the daemon fails', () => {
    it('returns docker_unreachable while the daemon is stopped, and recovers when it starts', async () => {
      await engine.stop();
      const docker = { status: 'down', code: 'docker_unreachable' };
      expect(await test.get('/health/ready')).toMatchObject({ status: 503, body: { error: { docker } } });
      expect(await test.get('/stats')).toMatchObject(UNREACHABLE);
      await engine.start();
      await expectRecovery();
    });

    it('returns docker_unreachable, not an empty list, when the daemon is killed during a sample', async () => {
      await engine.docker('start', 'busy', 'idle');
      const sampling = send(test.get('/stats'));
      await delay(MID_SAMPLE_MS);
      await engine.stop('SIGKILL');
      expect(await sampling).toMatchObject(UNREACHABLE);
      expect(await test.get('/stats')).toMatchObject(UNREACHABLE);
      await engine.start();
      await expectRecovery();
    });

    it('returns docker_unreachable when the daemon is killed after docker received zeros for stopped containers', async () => {
      const own = new DockerEngine();
      await own.start();
      await own.runContainer('stopped', 'true');
      const { app, get } = await boot(own);
      await expect.poll(async () => (await get('/stats').set('Cache-Control', 'no-cache')).text).toBe('[]\n');
      const sampling = send(get('/stats').set('Cache-Control', 'no-cache'));
      await delay(300);
      await own.stop('SIGKILL');
      expect(await sampling).toMatchObject(UNREACHABLE);
      await app.close();
      await own.destroy();
    });

    it.each([
      ['before a sample', 0],
      ['during a sample', MID_SAMPLE_MS],
    ])(
      'returns docker_timeout when the daemon freezes %s, and ends the docker process',
      async (_when, freezeAfterMs) => {
        await engine.docker('start', 'busy', 'idle');
        const sampling = freezeAfterMs > 0 ? send(test.get('/stats')) : undefined;
        await delay(freezeAfterMs);
        engine.signal('SIGSTOP');
        const docker = { status: 'down', code: 'docker_timeout' };
        const [ready, stats] = await Promise.all([test.get('/health/ready'), sampling ?? test.get('/stats')]);
        expect(ready).toMatchObject({ status: 503, body: { error: { docker } } });
        expect(stats).toMatchObject({ status: 500, body: { code: 'docker_timeout' } });
        await expect.poll(() => findProcesses(`${cli} stats --all`)).toEqual([]);
        engine.signal('SIGCONT');
        await expectRecovery();
      },
    );
  });
});
