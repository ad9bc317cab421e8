import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NO_PROMETHEUS } from '../support/vitest/docker-availability.js';
import { DockerEngine } from '../support/engines/docker-engine.js';
import { startBusy, startHolder } from '../support/engines/known-load.js';
import { readDashboardExpressions, readRecordingRules } from '../support/prometheus/prometheus-files.js';
import { ServiceProcess } from '../support/service/service-process.js';
import { KEY } from '../support/service/test-app.js';
import { PrometheusServer } from '../support/prometheus/prometheus-server.js';

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

/** A project whose name has characters that the text format escapes. A `.` in a pattern of Prometheus 2 matches no line break. */
const PROJECT = 'my "shop" \\ 🐳 EU';

/** Waits for several scrapes. */
const SOON = { timeout: 50_000, interval: 300 };

/** Starts a container that is unhealthy, one that is paused, and one that ends again and again. */
async function startTroubled(engine: DockerEngine): Promise<void> {
  const labels = [
    '--label',
    `com.docker.compose.project=${PROJECT}`,
    '--label',
    'com.docker.compose.service=web',
  ];
  const check = ['--health-cmd', 'false', '--health-interval', '1s', '--health-retries', '1'];
  await engine.runContainer('sick', 'sleep 1000', ...labels, ...check);
  await engine.runContainer('loop', 'exit 1', ...labels, '--restart', 'always');
  await engine.runContainer('frozen', 'sleep 1000');
  await engine.docker('pause', 'frozen');
}

describe.skipIf(NO_PROMETHEUS)('Prometheus', () => {
  const engine = new DockerEngine();
  const prometheus = new PrometheusServer();
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    await engine.start();
    await Promise.all([
      startBusy(engine),
      startHolder(engine, '--memory', '64m'),
      engine.runContainer('gone', 'sleep 1000'),
      startTroubled(engine),
    ]);
    service = new ServiceProcess({ DOCKER_HOST: engine.host, API_KEYS: `prometheus:${KEY}` });
    url = await service.waitForUrl();
    await prometheus.start(url, KEY);
  });
  afterAll(async () => {
    service.kill('SIGKILL');
    await prometheus.destroy();
    await engine.destroy();
  });

  it('accepts the configuration and the rules in deploy/prometheus', async () => {
    await run('promtool', ['check', 'config', `${prometheus.folder}/prometheus.yml`]);
    const { stdout } = await run('promtool', ['test', 'rules', 'deploy/prometheus/rules.test.yml']);
    expect(stdout).toContain('SUCCESS');
    const { groups } = await prometheus.callApi<{ groups: { rules: Rule[] }[] }>('rules');
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.filter(({ type }) => type === 'recording').map(({ name }) => name)).toEqual(
      readRecordingRules(),
    );
    expect(rules.filter(({ type }) => type === 'alerting').length).toBeGreaterThan(10);
  });

  it('finds no problems in the names, types and units of the metrics (promtool)', async () => {
    const checking = run('promtool', ['check', 'metrics']);
    const response = await fetch(`${url}/metrics`, { headers: { 'X-API-Key': KEY } });
    checking.child.stdin?.end(await response.text());
    expect(await checking).toEqual({ stdout: '', stderr: '' });
  });

  it('scrapes the service with the API key as a bearer token', async () => {
    await expect.poll(() => prometheus.queryValue('up{job="docker-stats-api"}'), SOON).toBe(1);
    const { activeTargets } = await prometheus.callApi<{ activeTargets: Target[] }>('targets');
    expect(activeTargets).toMatchObject([{ health: 'up', lastError: '', scrapeUrl: `${url}/metrics` }]);
    await expect
      .poll(
        () =>
          prometheus.queryValue('docker_stats_api_http_requests_total{route="/metrics",key="prometheus"}'),
        SOON,
      )
      .toBeGreaterThan(1);
    expect(await prometheus.queryValue('docker_stats_api_auth_failures_total')).toBe(0);
  });

  it('stores the values of the containers', async () => {
    await expect
      .poll(() => prometheus.queryValue('count(docker_container_cpu_usage_ratio{name!="loop"})'), SOON)
      .toBe(5);
    const busy = await prometheus.queryValue(
      'avg_over_time(docker_container_cpu_usage_ratio{name="busy"}[1m])',
    );
    expect(busy).toBeGreaterThan(0.12);
    expect(busy).toBeLessThan(0.28);
    const [holder] = await prometheus.query('docker_container_memory_usage_bytes{name="holder"}');
    expect(holder?.metric['id']).toBe(await engine.docker('inspect', '-f', '{{.Id}}', 'holder'));
    expect(Number(holder?.value[1]) / 2 ** 20).toBeGreaterThan(50);
    expect(Number(holder?.value[1]) / 2 ** 20).toBeLessThan(56);
    expect(await prometheus.queryValue('docker_container_memory_limit_bytes{name="holder"}')).toBe(
      64 * 2 ** 20,
    );
    expect(await prometheus.queryValue('docker_container_pids{name="busy"}')).toBe(1);
    expect(await prometheus.queryValue('docker_up')).toBe(1);
    expect(await prometheus.queryValue('docker_stats_api_sample_age_seconds')).toBeLessThan(8);
  });

  it('stores the state and the health of the containers', async () => {
    const find = async (expression: string): Promise<(string | undefined)[]> =>
      (await prometheus.query(expression)).map(({ metric }) => metric['name']);
    await expect.poll(() => find('docker_container_health{health="unhealthy"} == 1'), SOON).toEqual(['sick']);
    expect(await find('docker_container_state{state="paused"} == 1')).toEqual(['frozen']);
    expect(await prometheus.queryValue('count(docker_container_health)')).toBe(3);
    await expect.poll(() => find('docker_container_state{state="restarting"} == 1'), SOON).toEqual(['loop']);
  });

  it.each([
    ['DockerContainerUnhealthy', { name: 'sick', health: 'unhealthy', project: PROJECT, service: 'web' }],
    ['DockerContainerRestarting', { name: 'loop', state: 'restarting', project: PROJECT }],
  ])(
    'evaluates the alert %s with the project of the container, also with special characters',
    async (alert, labels) => {
      const pending = `ALERTS{alertname="${alert}",alertstate="pending"}`;
      await expect.poll(() => prometheus.query(pending), SOON).toMatchObject([{ metric: labels }]);
    },
  );

  it('evaluates every rule and every dashboard expression without errors or empty results', async () => {
    await expect
      .poll(
        () =>
          prometheus.queryValue(
            'instance_name_id:docker_container_memory_usage_bytes:limit_ratio{name="holder"}',
          ),
        SOON,
      )
      .toBeGreaterThan(0.78);
    const { groups } = await prometheus.callApi<{ groups: { rules: Rule[] }[] }>('rules');
    const failed = groups.flatMap(({ rules }) => rules).filter(({ health }) => health !== 'ok');
    expect(failed).toEqual([]);
    for (const { panel, expression } of readDashboardExpressions()) {
      // Every panel has values, even without errors: the counters start at 0.
      const evaluate = async (): Promise<void> => {
        if ((await prometheus.query(expression)).length === 0)
          throw new Error(`${panel} is empty: ${expression}`);
      };
      await vi.waitFor(evaluate, SOON);
    }
  });

  it('has no series of a removed container', async () => {
    await engine.docker('rm', '-f', 'gone');
    await expect.poll(() => prometheus.query('docker_container_pids{name="gone"}'), SOON).toEqual([]);
    expect(await prometheus.queryValue('count(docker_container_pids{name!="loop"})')).toBe(4);
  });

  it('reads docker_up 0 from the running service when the daemon is killed', async () => {
    await engine.stop('SIGKILL');
    await expect.poll(() => prometheus.queryValue('docker_up'), SOON).toBe(0);
    expect(await prometheus.queryValue('up')).toBe(1);
    expect(await prometheus.query('{__name__=~"docker_container_.+"}')).toEqual([]);
    await expect
      .poll(() => prometheus.queryValue('ALERTS{alertname="DockerUnreachable",alertstate="pending"}'), SOON)
      .toBe(1);
    await expect
      .poll(
        () => prometheus.queryValue('sum(docker_stats_api_samples_total{result="docker_unreachable"})'),
        SOON,
      )
      .toBeGreaterThan(0);
  });
});
