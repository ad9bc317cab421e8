import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import type { Response, Test } from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContainerStats, FullStats } from 'docker-stats-client';
import { SpawnCommandRunner } from '../../src/command/spawn-command-runner.js';
import { Churn } from '../support/churn.js';
import { DOCKER_CLIS, NO_DOCKER_ENGINE } from '../support/docker-availability.js';
import { DockerEngine } from '../support/docker-engine.js';
import { processesWith } from '../support/processes.js';
import { bootApp, type TestApp } from '../support/test-app.js';

const run = promisify(execFile);

/** Into the run: the CLI has asked for the readings, and the daemon has not yet given them. */
const MID_SAMPLE_MS = 700;

function byName(containers: readonly ContainerStats[], name: string): ContainerStats | undefined {
  return containers.find((container) => container.name === name);
}

/** Supertest by itself asks when somebody awaits the answer. */
async function askAtOnce(request: Test): Promise<Response> {
  return request;
}

describe.skipIf(NO_DOCKER_ENGINE).each(DOCKER_CLIS)('a real engine, through %s', (cli) => {
  let engine: DockerEngine;
  let test: TestApp<SpawnCommandRunner>;

  beforeAll(async () => {
    engine = new DockerEngine();
    await engine.start();
    await Promise.all([
      engine.runContainer('busy', 'while :; do :; done', '--cpus', '0.2'),
      engine.runContainer(
        'holder',
        'dd if=/dev/zero of=/hold/50 bs=1M count=50; sleep 1000',
        '--tmpfs',
        '/hold:size=64m',
      ),
      engine.runContainer('idle', 'sleep 1000'),
    ]);
  });
  afterAll(() => engine.destroy());

  /** Boots the service over an engine. */
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

  async function fullStats(): Promise<FullStats> {
    const { status, body } = await test.get('/stats?view=full');
    expect(status).toBe(200);
    return body as FullStats;
  }

  /** Fresh samples, one after the other, and how long each let its reader wait. */
  async function samplesInARow(count: number): Promise<{ tookMs: number; stats: FullStats }[]> {
    const samples = [];
    for (let n = 0; n < count; n++) {
      const before = performance.now();
      const { body } = await test.get('/stats?view=full').set('Cache-Control', 'no-cache').expect(200);
      samples.push({ tookMs: performance.now() - before, stats: body as FullStats });
    }
    return samples;
  }

  /** What an operator reads, in the same seconds: the CLI's own table. */
  async function table(): Promise<Map<string, { cpu: number; memory: string }>> {
    const format = '{{.Name}} {{.CPUPerc}} {{.MemUsage}}';
    const { stdout } = await run(cli, ['-H', engine.host, 'stats', '--no-stream', '--format', format]);
    return new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
        .map(([name = '', cpu = '', memory = '']) => [name, { cpu: Number.parseFloat(cpu), memory }]),
    );
  }

  it('is logged with how many containers run', async () => {
    const log = vi.spyOn(Logger.prototype, 'log');
    await test.get('/health/ready').expect(200);
    const version = await engine.docker('version', '--format', '{{.Server.Version}}');
    expect(log.mock.calls).toContainEqual([`Docker ${version} is reachable; running containers: 3`]);
  });

  describe('figures', () => {
    it('are those that docker stats prints in the same seconds', async () => {
      const [{ containers, skipped }, printed] = await Promise.all([fullStats(), table()]);
      expect(skipped).toEqual([]);
      expect(containers.map(({ name }) => name)).toEqual(['busy', 'holder', 'idle']);
      expect([...printed.keys()].toSorted()).toEqual(['busy', 'holder', 'idle']);
      for (const { name, cpuUsage } of containers) {
        expect(Math.abs(cpuUsage - (printed.get(name)?.cpu ?? NaN))).toBeLessThan(6);
      }
      const holder = byName(containers, 'holder');
      expect(printed.get('holder')?.memory).toMatch(/^5\d\.\d+MiB$/);
      expect(holder?.memoryUsage).toBeCloseTo(Number.parseFloat(printed.get('holder')?.memory ?? ''), 0);
    });

    it('are those of the known load', async () => {
      const { containers } = await fullStats();
      expect(byName(containers, 'busy')?.cpuUsage).toBeGreaterThan(12);
      expect(byName(containers, 'busy')?.cpuUsage).toBeLessThan(28);
      expect(byName(containers, 'idle')?.cpuUsage).toBeLessThan(5);
      expect(byName(containers, 'holder')?.memoryUsage).toBeGreaterThan(50);
      expect(byName(containers, 'holder')?.memoryUsage).toBeLessThan(56);
      expect(byName(containers, 'idle')?.memoryUsage).toBeLessThan(5);
      expect(byName(containers, 'idle')).toMatchObject({
        pids: 1,
        id: expect.stringMatching(/^[\da-f]{64}$/) as string,
      });
    });

    it('are the same in every view', async () => {
      const { body } = await test.get('/stats?name=hold*');
      expect(body).toEqual([
        { name: 'holder', cpuUsage: expect.any(Number) as number, memoryUsage: expect.any(Number) as number },
      ]);
      expect(await test.get('/containers/holder/stats')).toMatchObject({
        status: 200,
        body: { name: 'holder', memoryUsage: (body as ContainerStats[])[0]?.memoryUsage },
      });
    });
  });

  describe('containers that come and go', () => {
    it('are served while paused', async () => {
      await engine.runContainer('paused', 'sleep 1000');
      await engine.docker('pause', 'paused');
      const { containers, skipped } = await fullStats();
      expect(skipped).toEqual([]);
      expect(byName(containers, 'paused')).toMatchObject({ cpuUsage: 0, pids: 1 });
      await engine.docker('rm', '-f', 'paused');
    });

    it('are skipped while restarting, and said', async () => {
      await engine.runContainer('restarter', 'false', '--restart', 'always');
      // The pause between two runs doubles each time: from the sixth on it is longer than a sample.
      const state = '{{.State.Restarting}} {{.RestartCount}}';
      await expect
        .poll(() => engine.docker('inspect', '-f', state, 'restarter'), { timeout: 40_000 })
        .toMatch(/^true [6-9]$/);
      const { containers, skipped } = await fullStats();
      expect(containers.map(({ name }) => name)).toEqual(['busy', 'holder', 'idle']);
      expect(skipped).toEqual([{ container: 'restarter', reason: 'restarting' }]);
      expect(await test.get('/containers/restarter/stats')).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
      await engine.docker('rm', '-f', 'restarter');
    });

    it('take nobody with them when they end in the middle of a sample', async () => {
      await engine.runContainer('brief', 'sleep 1000', '--rm');
      const sampling = fullStats();
      await delay(MID_SAMPLE_MS);
      await engine.docker('kill', 'brief');
      const { containers } = await sampling;
      expect(containers.map(({ name }) => name)).toEqual(expect.arrayContaining(['busy', 'holder', 'idle']));
    });

    it('hold no sample up, and are missing in none through which they ran', async () => {
      const quiet = await samplesInARow(3);
      const churn = new Churn(engine);
      const samples = await samplesInARow(6);
      const shortLived = await churn.end();
      expect(shortLived.length).toBeGreaterThan(15);
      // Of the half of them: on a busy machine docker now and then gets to a container when it runs already, and waits.
      const usual = samples.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)[samples.length / 2];
      expect(usual).toBeLessThan(2 * Math.max(...quiet.map(({ tookMs }) => tookMs)));
      let checked = 0;
      for (const { stats } of samples) {
        const end = Date.parse(stats.sampledAt);
        const running = shortLived.filter(({ from, to }) => from < end - stats.durationMs && to > end);
        checked += running.length;
        expect(stats.containers.map(({ name }) => name)).toEqual(
          expect.arrayContaining(['busy', 'holder', 'idle', ...running.map(({ name }) => name)]),
        );
        expect(byName(stats.containers, 'busy')?.cpuUsage).toBeGreaterThan(12);
        expect(byName(stats.containers, 'busy')?.cpuUsage).toBeLessThan(28);
        expect(byName(stats.containers, 'holder')?.memoryUsage).toBeGreaterThan(50);
        expect(byName(stats.containers, 'holder')?.memoryUsage).toBeLessThan(56);
      }
      expect(checked).toBeGreaterThan(10);
    });

    it('are none, and no error, when none runs', async () => {
      const empty = new DockerEngine();
      await empty.start();
      const own = await boot(empty);
      await own.get('/stats').expect(200, []);
      await own.app.close();
      await empty.destroy();
    });
  });

  describe('a daemon in trouble', () => {
    it('is unreachable while stopped, and reached again when started', async () => {
      await engine.stop();
      const docker = { status: 'down', code: 'docker_unreachable' };
      expect(await test.get('/health/ready')).toMatchObject({ status: 503, body: { error: { docker } } });
      expect(await test.get('/stats')).toMatchObject({ status: 500, body: { code: 'docker_unreachable' } });
      await engine.start();
      await expectRecovery();
    });

    it('is unreachable when killed in the middle of a sample, never an empty list', async () => {
      await engine.docker('start', 'busy', 'idle');
      const sampling = askAtOnce(test.get('/stats'));
      await delay(MID_SAMPLE_MS);
      await engine.stop('SIGKILL');
      expect(await sampling).toMatchObject({ status: 500, body: { code: 'docker_unreachable' } });
      expect(await test.get('/stats')).toMatchObject({ status: 500, body: { code: 'docker_unreachable' } });
      await engine.start();
      await expectRecovery();
    });

    it('is unreachable also when docker had the zeros of stopped containers before it was killed', async () => {
      const own = new DockerEngine();
      await own.start();
      await own.runContainer('stopped', 'true');
      const { app, get } = await boot(own);
      await expect.poll(async () => (await get('/stats').set('Cache-Control', 'no-cache')).text).toBe('[]\n');
      const sampling = askAtOnce(get('/stats').set('Cache-Control', 'no-cache'));
      await delay(300);
      await own.stop('SIGKILL');
      expect(await sampling).toMatchObject({ status: 500, body: { code: 'docker_unreachable' } });
      await app.close();
      await own.destroy();
    });

    it.each([
      ['before a sample', 0],
      ['in the middle of one', MID_SAMPLE_MS],
    ])('is a timeout when frozen %s, and leaves no process behind', async (_when, freezeAfterMs) => {
      await engine.docker('start', 'busy', 'idle');
      const sampling = freezeAfterMs > 0 ? askAtOnce(test.get('/stats')) : undefined;
      await delay(freezeAfterMs);
      engine.signal('SIGSTOP');
      const docker = { status: 'down', code: 'docker_timeout' };
      expect(await test.get('/health/ready')).toMatchObject({ status: 503, body: { error: { docker } } });
      expect(await (sampling ?? test.get('/stats'))).toMatchObject({
        status: 500,
        body: { code: 'docker_timeout' },
      });
      await expect.poll(() => processesWith(`${cli} stats --no-stream --no-trunc`)).toEqual([]);
      engine.signal('SIGCONT');
      await expectRecovery();
    });
  });
});
