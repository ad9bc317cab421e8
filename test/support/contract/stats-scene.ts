import type { ErrorBody } from 'docker-stats-client';
import type { Variables } from '../../../src/config/environment.js';
import type { Clock } from '../../../src/sampling/clock.js';
import { FakeCommandRunner } from '../docker/fake-command-runner.js';
import { HostsCommandRunner } from '../hosts/hosts-command-runner.js';
import { FakePrometheus } from '../prometheus/fake/fake-prometheus.js';
import { createTarget } from '../prometheus/fake/fleet-scene.js';
import { bootApp, type TestApp } from '../service/test-app.js';

/** Where a service can read its figures. */
export const SOURCES = ['one docker host', 'several docker hosts', 'a fleet'] as const;

export type Source = (typeof SOURCES)[number];

/** A service that shows the containers of one docker, whatever its source. The contract is the same but for the host. */
export interface StatsScene extends TestApp<FakeCommandRunner> {
  /** The fields that name the host. */
  readonly hostField: { readonly host?: string };
  close(): Promise<void>;
}

const HOST = 'web1';

/** The maximum age of a docker host. A fleet also queries that often. */
const TIMES = { STATS_INTERVAL_MS: '5000', STATS_MAX_AGE_MS: '5000' };

/** Boots a service that reads the figures of the docker of `scene.runner` from this source. */
export async function bootScene(source: Source, env: Variables = {}, clock?: Clock): Promise<StatsScene> {
  const runner = new FakeCommandRunner();
  if (source === 'one docker host') {
    const test = await bootApp(env, { runner, ...(clock && { clock }) });
    return { ...test, hostField: {}, close: () => test.app.close() };
  }
  if (source === 'several docker hosts') {
    const hosts = new HostsCommandRunner();
    hosts.set(HOST, runner);
    const test = await bootApp({ DOCKER_HOSTS: HOST, ...env }, { runner: hosts, ...(clock && { clock }) });
    return { ...test, runner, hostField: { host: HOST }, close: () => test.app.close() };
  }
  return bootFleetScene(runner, env, clock);
}

/** Boots a service on the host, a Prometheus that scrapes it before each query, and the service that reads from that Prometheus. */
async function bootFleetScene(runner: FakeCommandRunner, env: Variables, clock?: Clock): Promise<StatsScene> {
  const agent = await bootApp(
    { STATS_INTERVAL_MS: '0', STATS_MAX_AGE_MS: '0', STATS_IDLE_AFTER_MS: '0' },
    { runner, ...(clock && { clock }) },
  );
  const prometheus = await FakePrometheus.start();
  prometheus.addTarget(createTarget(HOST), () => scrapeService(agent));
  const settings = { ...TIMES, STATS_SOURCE: 'prometheus', PROMETHEUS_URL: prometheus.url, ...env };
  const test = await bootApp(settings, { runner: new FakeCommandRunner(), ...(clock && { clock }) });
  const close = async (): Promise<void> => {
    await test.app.close();
    await prometheus.stop();
    await agent.app.close();
  };
  return { ...test, runner, hostField: { host: HOST }, close };
}

/** Returns the metrics of a service; `undefined` if the service ends meanwhile. */
async function scrapeService(service: TestApp<FakeCommandRunner>): Promise<string | undefined> {
  try {
    return (await service.get('/metrics').expect(200)).text;
  } catch {
    return undefined;
  }
}

/** The body of the error while the docker of a scene fails with `Cannot connect to the Docker daemon`. */
export function createDownError(source: Source): ErrorBody {
  if (source === 'a fleet') {
    return {
      statusCode: 500,
      code: 'prometheus_failed',
      message: `Error: No host has figures in Prometheus now: ${HOST} (docker_failed). To fix: check the targets in Prometheus; GET /hosts says what is wrong with each host.`,
    };
  }
  return {
    statusCode: 500,
    code: 'docker_unreachable',
    message: `Error: ${source === 'several docker hosts' ? `${HOST}: ` : ''}Cannot connect to the Docker daemon. To fix: start Docker, or set DOCKER_HOST to the address of the daemon.`,
  };
}

/** Adds the host as the first column of CSV lines, if responses name it. */
export function addHostToCsv({ hostField: { host } }: StatsScene, lines: readonly string[]): string {
  const withHost = lines.map((line, n) => (host === undefined ? '' : `${n === 0 ? 'host' : host},`) + line);
  return `${withHost.join('\r\n')}\r\n`;
}

/** Adds the host as the first column of the lines of a table, if responses name it. */
export function addHostToTable({ hostField: { host } }: StatsScene, lines: readonly string[]): string[] {
  if (host === undefined) return [...lines, ''];
  return [...lines.map((line, n) => `${(n === 0 ? 'HOST' : host).padEnd(10)}${line}`), ''];
}
