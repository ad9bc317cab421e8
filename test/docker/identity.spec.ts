import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerStats, FullStats, History, ProjectStats } from 'docker-stats-client';
import { SpawnCommandRunner } from '../../src/command/spawn-command-runner.js';
import { IMAGE } from '../support/engines/busybox-image.js';
import { DockerEngine } from '../support/engines/docker-engine.js';
import { startBusy } from '../support/engines/known-load.js';
import { bootApp, type TestApp } from '../support/service/test-app.js';
import { DOCKER_CLIS, NO_DOCKER_ENGINE } from '../support/vitest/docker-availability.js';

/** Returns the options of `docker run` for these labels. */
function createLabels(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
}

function createComposeLabels(project: string, service: string): string[] {
  return createLabels({ 'com.docker.compose.project': project, 'com.docker.compose.service': service });
}

/** Returns the options of `docker run` for a health check that fails at once. */
function createHealthCheck(command: string): string[] {
  return ['--health-cmd', command, '--health-interval', '1s', '--health-retries', '1'];
}

/** A label that the joined labels of `docker ps` would garble. */
const ODD_PROJECT = 'a,b=c "d"\n\te é <f>';

describe.skipIf(NO_DOCKER_ENGINE)('Who a container is, with a real engine', () => {
  const engine = new DockerEngine();

  beforeAll(async () => {
    await engine.start();
    const sleep = 'sleep 1000';
    await Promise.all([
      startBusy(engine),
      engine.runContainer(
        'web-1',
        sleep,
        ...createComposeLabels('shop', 'web'),
        ...createHealthCheck('true'),
      ),
      engine.runContainer(
        'web-2',
        sleep,
        ...createComposeLabels('shop', 'web'),
        ...createHealthCheck('false'),
      ),
      engine.runContainer(
        'db-1',
        'while :; do :; done',
        '--cpus',
        '0.1',
        ...createComposeLabels('shop', 'db'),
      ),
      engine.runContainer(
        'replica',
        sleep,
        ...createLabels({
          'com.docker.stack.namespace': 'stack',
          'com.docker.swarm.service.name': 'stack_api',
        }),
      ),
      engine.runContainer(
        'pod',
        sleep,
        ...createLabels({
          'io.kubernetes.pod.namespace': 'prod',
          'io.kubernetes.pod.name': 'api-0',
          'io.kubernetes.container.name': 'app',
        }),
      ),
      engine.runContainer('odd', sleep, ...createComposeLabels(ODD_PROJECT, 'x')),
      engine.runContainer('paused', sleep, ...createComposeLabels('shop', 'paused')),
    ]);
    await engine.docker('pause', 'paused');
  });
  afterAll(() => engine.destroy());

  describe.each(DOCKER_CLIS)('through %s', (cli) => {
    let test: TestApp<SpawnCommandRunner>;
    beforeAll(async () => {
      test = await bootApp(
        { DOCKER_BIN: cli, DOCKER_HOST: engine.host },
        { runner: new SpawnCommandRunner() },
      );
    });
    afterAll(() => test.app.close());

    /** Requests a new sample. */
    async function getContainers(query = ''): Promise<readonly ContainerStats[]> {
      const { body } = await test
        .get(`/stats?view=full${query}`)
        .set('Cache-Control', 'no-cache')
        .expect(200);
      return (body as FullStats).containers;
    }

    it('GET /stats?view=full returns image, project, service, state, health and time of creation', async () => {
      const getHealth = async (): Promise<unknown> =>
        (await getContainers('&name=web-*')).map(({ health }) => health);
      await expect.poll(getHealth, { timeout: 20_000 }).toEqual(['healthy', 'unhealthy']);
      const byName = new Map((await getContainers()).map((container) => [container.name, container]));
      const created = await engine.docker('inspect', '-f', '{{.Created}}', 'web-1');
      expect(byName.get('web-1')).toMatchObject({
        image: IMAGE,
        project: 'shop',
        service: 'web',
        state: 'running',
        health: 'healthy',
        createdAt: `${created.slice(0, 19)}Z`,
      });
      expect(byName.get('paused')).toMatchObject({ project: 'shop', state: 'paused', health: null });
      expect(byName.get('replica')).toMatchObject({ project: 'stack', service: 'stack_api', health: null });
      expect(byName.get('pod')).toMatchObject({ project: 'prod', service: 'api-0/app' });
      expect(byName.get('odd')).toMatchObject({ project: ODD_PROJECT, service: 'x' });
      expect(byName.get('busy')).toMatchObject({ project: null, service: null, state: 'running' });
    });

    it('GET /stats?view=full&project=shop&sort=-cpuUsage&limit=2 returns the two busiest of the project', async () => {
      const containers = await getContainers('&project=shop&sort=-cpuUsage&limit=2');
      expect(containers).toHaveLength(2);
      expect(containers[0]).toMatchObject({ name: 'db-1', project: 'shop' });
      expect(containers[0]?.cpuUsage).toBeGreaterThan(containers[1]?.cpuUsage ?? Infinity);
    });

    it('GET /projects returns the sums of the projects', async () => {
      const { body } = await test.get('/projects').expect(200);
      const projects = body as ProjectStats[];
      expect(projects.map(({ project, containers }) => [project, containers])).toEqual([
        [ODD_PROJECT, 1],
        ['prod', 1],
        ['shop', 4],
        ['stack', 1],
        [null, 1],
      ]);
      expect(projects.find(({ project }) => project === 'shop')?.cpuUsage).toBeGreaterThan(4);
    });

    it('GET /stats/history?since=5m&name=web-*&project=shop returns what was sampled', async () => {
      const samples = [await getContainers('&name=web-*'), await getContainers('&name=web-*')];
      const { body } = await test.get('/stats/history?since=5m&name=web-*&project=shop').expect(200);
      const { sampledAt, containers } = body as History;
      expect(containers.map(({ name }) => name)).toEqual(['web-1', 'web-2']);
      for (const [n, { cpuUsage = [], memoryUsage = [] }] of containers.entries()) {
        expect(cpuUsage).toHaveLength(sampledAt.length);
        expect(cpuUsage.slice(-2)).toEqual(samples.map((sample) => sample[n]?.cpuUsage));
        for (const [at, memory] of memoryUsage.slice(-2).entries()) {
          expect(memory).toBeCloseTo(samples[at]?.[n]?.memoryUsage ?? NaN, 4);
        }
      }
    });

    it('GET /stats returns the new name after docker rename, with the same project', async () => {
      await engine.docker('rename', 'db-1', 'renamed');
      expect(await getContainers('&name=renamed')).toMatchObject([{ project: 'shop', service: 'db' }]);
      await engine.docker('rename', 'renamed', 'db-1');
    });
  });
});
