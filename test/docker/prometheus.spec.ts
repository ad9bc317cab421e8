import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NO_PROMETHEUS } from '../support/docker-availability.js';
import { DockerEngine } from '../support/docker-engine.js';
import { dashboardExpressions, recordingRules } from '../support/prometheus-files.js';
import { ServiceProcess } from '../support/service-process.js';
import { KEY } from '../support/test-app.js';
import { PrometheusServer } from './prometheus-server.js';

const run = promisify(execFile);

interface Rule {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly health: string;
  readonly lastError?: string;
}

interface Target {
  readonly health: string;
  readonly lastError: string;
  readonly scrapeUrl: string;
}

/** Long enough for several scrapes. */
const SOON = { timeout: 30_000, interval: 300 };

describe.skipIf(NO_PROMETHEUS)('a real Prometheus', () => {
  const engine = new DockerEngine();
  const prometheus = new PrometheusServer();
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    await engine.start();
    await Promise.all([
      engine.runContainer('busy', 'while :; do :; done', '--cpus', '0.2'),
      engine.runContainer(
        'holder',
        'dd if=/dev/zero of=/hold/50 bs=1M count=50; sleep 1000',
        '--memory',
        '64m',
        '--tmpfs',
        '/hold:size=60m',
      ),
      engine.runContainer('gone', 'sleep 1000'),
    ]);
    service = new ServiceProcess({ DOCKER_HOST: engine.host, API_KEYS: `prometheus:${KEY}` });
    url = await service.url();
    await prometheus.start(url, KEY);
  });
  afterAll(async () => {
    service.kill('SIGKILL');
    await prometheus.destroy();
    await engine.destroy();
  });

  it('takes the files of deploy/prometheus', async () => {
    await run('promtool', ['check', 'config', `${prometheus.folder}/prometheus.yml`]);
    const { stdout } = await run('promtool', ['test', 'rules', 'deploy/prometheus/rules.test.yml']);
    expect(stdout).toContain('SUCCESS');
    const { groups } = await prometheus.api<{ groups: { rules: Rule[] }[] }>('rules');
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.filter(({ type }) => type === 'recording').map(({ name }) => name)).toEqual(
      recordingRules(),
    );
    expect(rules.filter(({ type }) => type === 'alerting').length).toBeGreaterThan(10);
  });

  it('finds no fault in the metrics, their names, types and units', async () => {
    const checking = run('promtool', ['check', 'metrics']);
    const answer = await fetch(`${url}/metrics`, { headers: { 'X-API-Key': KEY } });
    checking.child.stdin?.end(await answer.text());
    expect(await checking).toEqual({ stdout: '', stderr: '' });
  });

  it('scrapes the service with the key as a bearer token', async () => {
    await expect.poll(() => prometheus.valueOf('up{job="docker-stats-api"}'), SOON).toBe(1);
    const { activeTargets } = await prometheus.api<{ activeTargets: Target[] }>('targets');
    expect(activeTargets).toMatchObject([{ health: 'up', lastError: '', scrapeUrl: `${url}/metrics` }]);
    await expect
      .poll(
        () => prometheus.valueOf('docker_stats_api_http_requests_total{route="/metrics",key="prometheus"}'),
        SOON,
      )
      .toBeGreaterThan(1);
    expect(await prometheus.valueOf('docker_stats_api_auth_failures_total')).toBe(0);
  });

  it('knows the figures of the containers', async () => {
    await expect.poll(() => prometheus.valueOf('count(docker_container_cpu_usage_ratio)'), SOON).toBe(3);
    const busy = await prometheus.valueOf('avg_over_time(docker_container_cpu_usage_ratio{name="busy"}[1m])');
    expect(busy).toBeGreaterThan(0.12);
    expect(busy).toBeLessThan(0.28);
    const [holder] = await prometheus.query('docker_container_memory_usage_bytes{name="holder"}');
    expect(holder?.metric['id']).toBe(await engine.docker('inspect', '-f', '{{.Id}}', 'holder'));
    expect(Number(holder?.value[1]) / 2 ** 20).toBeGreaterThan(50);
    expect(Number(holder?.value[1]) / 2 ** 20).toBeLessThan(56);
    expect(await prometheus.valueOf('docker_container_memory_limit_bytes{name="holder"}')).toBe(64 * 2 ** 20);
    expect(await prometheus.valueOf('docker_container_pids{name="busy"}')).toBe(1);
    expect(await prometheus.valueOf('docker_up')).toBe(1);
    expect(await prometheus.valueOf('docker_stats_api_sample_age_seconds')).toBeLessThan(8);
  });

  it('evaluates every rule, and every expression of the dashboard', async () => {
    await expect
      .poll(
        () =>
          prometheus.valueOf(
            'instance_name_id:docker_container_memory_usage_bytes:limit_ratio{name="holder"}',
          ),
        SOON,
      )
      .toBeGreaterThan(0.78);
    const { groups } = await prometheus.api<{ groups: { rules: Rule[] }[] }>('rules');
    const bad = groups.flatMap(({ rules }) => rules).filter(({ health }) => health !== 'ok');
    expect(bad).toEqual([]);
    for (const { panel, expression } of dashboardExpressions()) {
      // Of what did not happen there is nothing; the counters begin at 0, and so give something.
      const find = async (): Promise<void> => {
        if ((await prometheus.query(expression)).length === 0)
          throw new Error(`${panel} is empty: ${expression}`);
      };
      await vi.waitFor(find, SOON);
    }
  });

  it('has no series of a container that is gone', async () => {
    await engine.docker('rm', '-f', 'gone');
    await expect.poll(() => prometheus.query('docker_container_pids{name="gone"}'), SOON).toEqual([]);
    expect(await prometheus.valueOf('count(docker_container_pids)')).toBe(2);
  });

  it('learns that docker is lost, by a service that is up', async () => {
    await engine.stop('SIGKILL');
    await expect.poll(() => prometheus.valueOf('docker_up'), SOON).toBe(0);
    expect(await prometheus.valueOf('up')).toBe(1);
    expect(await prometheus.query('{__name__=~"docker_container_.+"}')).toEqual([]);
    await expect
      .poll(() => prometheus.valueOf('ALERTS{alertname="DockerUnreachable",alertstate="pending"}'), SOON)
      .toBe(1);
    expect(
      await prometheus.valueOf('sum(docker_stats_api_samples_total{result="docker_unreachable"})'),
    ).toBeGreaterThan(0);
  });
});
