import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readYaml } from '../support/compose/compose-files.js';
import { createPod, FakeKubernetes } from '../support/kubernetes/fake-kubernetes.js';
import { DockerEngine } from '../support/engines/docker-engine.js';
import { DiscoveringPrometheus } from '../support/prometheus/discovering-prometheus.js';
import { NO_PROMETHEUS, NO_VICTORIA_METRICS } from '../support/vitest/docker-availability.js';

const run = promisify(execFile);

const FOLDER = 'deploy/prometheus';

/** Targets are found within this time. */
const SOON = { timeout: 40_000, interval: 300 };

describe.skipIf(NO_PROMETHEUS)('The service discovery of Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'discovery-'));
  let prometheus: DiscoveringPrometheus | undefined;

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['prometheus', 'static', 'swarm'])('has a valid configuration in %s.yml', async (name) => {
    for (const file of [`${name}.yml`, 'rules.yml', 'targets.yml'])
      writeFileSync(join(folder, file), readFileSync(`${FOLDER}/${file}`));
    writeFileSync(join(folder, 'docker-stats-api.key'), 'key');
    const { stdout } = await run('promtool', ['check', 'config', join(folder, `${name}.yml`)]);
    expect(stdout).toContain(`SUCCESS: ${join(folder, name)}.yml is valid prometheus config file syntax`);
  });

  it('rejects a configuration with a misspelled key', async () => {
    const path = join(folder, 'misspelled.yml');
    writeFileSync(path, readFileSync(`${FOLDER}/static.yml`, 'utf8').replace('target_label', 'targetlabel'));
    await expect(run('promtool', ['check', 'config', path])).rejects.toThrow(/targetlabel not found/);
  });

  it('uses the same intervals, rules, job and key in each file', () => {
    const [first, ...others] = ['prometheus', 'static', 'kubernetes', 'swarm'].map((name) => {
      const { scrape_configs, ...rest } = readYaml(`${FOLDER}/${name}.yml`) as {
        scrape_configs: { job_name: string; authorization: object }[];
      };
      return {
        ...rest,
        jobs: scrape_configs.map(({ job_name, authorization }) => [job_name, authorization]),
      };
    });
    expect(first?.jobs).toEqual([['docker-stats-api', { credentials_file: 'docker-stats-api.key' }]]);
    expect(others).toEqual([first, first, first]);
  });

  it('names the hosts of static.yml by their addresses without the port', async () => {
    prometheus = new DiscoveringPrometheus();
    await prometheus.start(
      readFileSync(`${FOLDER}/static.yml`, 'utf8').replace("'web2:5005'", "'[::1]:5005', '192.0.2.7:5005'"),
    );
    await expect
      .poll(() => prometheus?.listTargets(), SOON)
      .toEqual({ web1: 'web1:5005', '192.0.2.7': '192.0.2.7:5005', '[::1]': '[::1]:5005' });
    await prometheus.destroy();
  });

  describe('in a swarm', () => {
    const engine = new DockerEngine({ hasNetwork: true });

    beforeAll(async () => {
      await engine.start();
      await engine.docker('swarm', 'init', '--advertise-addr', 'docker0');
      const services = [
        ['stats_docker-stats-api', '--publish', 'mode=host,target=5005,published=5005'],
        ['other', '--publish', 'mode=host,target=80,published=8080'],
      ];
      for (const [name = '', ...options] of services) {
        const create = [
          'service',
          'create',
          '--detach',
          '--no-resolve-image',
          '--mode',
          'global',
          '--name',
          name,
          ...options,
        ];
        // oxlint-disable-next-line no-await-in-loop -- two short commands
        await engine.docker(...create, 'test-busybox', 'sleep', '1000');
      }
      // Prometheus lists the tasks at once, and then each minute.
      await vi.waitFor(async () => {
        const running = await engine.docker('service', 'ls', '--format', '{{.Replicas}}');
        if (running !== '1/1\n1/1') throw new Error(`running tasks: ${running}`);
      }, SOON);
    });
    afterAll(() => engine.destroy());

    it('finds the published port of the service on each node, and names it by its node', async () => {
      const node = await engine.docker(
        'node',
        'inspect',
        '--format',
        '{{.Description.Hostname}} {{.Status.Addr}}',
        'self',
      );
      const [name = '', address] = node.split(' ');
      prometheus = new DiscoveringPrometheus();
      await prometheus.start(
        readFileSync(`${FOLDER}/swarm.yml`, 'utf8').replace('unix:///var/run/docker.sock', engine.host),
      );
      await expect.poll(() => prometheus?.listTargets(), SOON).toEqual({ [name]: `${address}:5005` });
      await prometheus.destroy();
    });
  });
});

describe.skipIf(NO_VICTORIA_METRICS)('The discovery of pods in Kubernetes, by VictoriaMetrics', () => {
  const kubernetes = new FakeKubernetes([
    createPod('api-1', { phase: 'Running', node: 'node-1', ip: '192.0.2.1' }),
    createPod('api-2', { phase: 'Pending', node: 'node-2', ip: '192.0.2.2' }),
    createPod('api-old', { phase: 'Failed', node: 'node-1', ip: '192.0.2.3' }),
  ]);
  const storage = new DiscoveringPrometheus('victoria-metrics');

  beforeAll(async () => {
    const url = await kubernetes.start();
    // In a cluster, it reads the address and the namespace from the files of the pod.
    await storage.start(
      readFileSync(`${FOLDER}/kubernetes.yml`, 'utf8').replace(
        '{ own_namespace: true }',
        `{ names: [docker-stats] }\n        api_server: ${url}`,
      ),
    );
  });
  afterAll(async () => {
    await storage.destroy();
    kubernetes.stop();
  });

  it('finds the port of the service in each pod that runs or starts, and names it by its node', async () => {
    const targets = { 'node-1': '192.0.2.1:5005', 'node-2': '192.0.2.2:5005' };
    await expect.poll(() => storage.listTargets(), SOON).toEqual(targets);
    expect(kubernetes.selectors).toEqual(new Set(['app.kubernetes.io/name=docker-stats-api']));
  });
});
