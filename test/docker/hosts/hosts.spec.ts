import { setTimeout as delay } from 'node:timers/promises';
import type { BasicContainerStats, ContainerStats, FullStats, HostStatus } from 'docker-stats-client';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DockerEngine } from '../../support/engines/docker-engine.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { SteadyLoad, type TimedResponse } from '../../support/http/steady-load.js';
import { PrometheusServer } from '../../support/prometheus/prometheus-server.js';
import { ServiceProcess } from '../../support/service/service-process.js';
import { KEY } from '../../support/service/test-app.js';
import { CHROMIUM, NO_BROWSER } from '../../support/vitest/browser-availability.js';
import { NO_PROMETHEUS, NO_SSH } from '../../support/vitest/docker-availability.js';
import { findResponseProblem, readSampleTimes } from './check-response.js';
import { CONTAINERS, HOSTS, RealHosts, startWithContainers } from './real-hosts.js';

const REQUESTS_PER_SECOND = 100;
const SOON = { timeout: 30_000, interval: 300 };

/** Makes an engine slow for one test: it runs a third of the time. */
function slowDown(engine: DockerEngine): void {
  let isRunning = true;
  const timer = setInterval(() => {
    isRunning = !isRunning;
    engine.signal(isRunning ? 'SIGCONT' : 'SIGSTOP');
  }, 400);
  onTestFinished(() => {
    clearInterval(timer);
    engine.signal('SIGCONT');
  });
}

/** Counts the samples of a host in these responses. */
function countSamples(responses: readonly TimedResponse[], host: string): number {
  return new Set(responses.flatMap((response) => readSampleTimes(response).get(host) ?? [])).size;
}

describe.skipIf(NO_SSH ?? NO_PROMETHEUS)(
  'Service with engines on a Unix socket, on TCP with TLS and behind ssh, a cloned one, and a host that refuses the ssh key',
  () => {
    const hosts = new RealHosts(new TemporaryFolder(afterAll));
    const prometheus = new PrometheusServer();
    let service: ServiceProcess;
    let url: string;

    beforeAll(async () => {
      await hosts.start();
      service = new ServiceProcess({ ...hosts.env, DOCKER_TIMEOUT_MS: '8000', API_KEYS: `test:${KEY}` });
      url = await service.waitForUrl();
      await prometheus.start(url, KEY);
    });
    afterAll(async () => {
      service.kill('SIGKILL');
      await prometheus.destroy();
      await hosts.destroy();
    });

    async function get<T>(path: string): Promise<T> {
      const response = await fetch(url + path, { headers: { 'X-API-Key': KEY } });
      return (await response.json()) as T;
    }

    async function readContainers(): Promise<string[]> {
      return (await get<BasicContainerStats[]>('/stats')).map(({ host, name }) => `${host} ${name}`);
    }

    /** Sends 100 requests per second for all hosts. Checks each response, and returns those with the full view. */
    async function load(durationMs: number): Promise<TimedResponse[]> {
      const steadyLoad = new SteadyLoad(url, KEY, REQUESTS_PER_SECOND);
      onTestFinished(() => steadyLoad.terminate());
      await delay(durationMs);
      const responses = await steadyLoad.finish();
      expect(responses.length).toBeGreaterThan((durationMs / 1000) * REQUESTS_PER_SECOND * 0.9);
      expect(responses.flatMap((response) => findResponseProblem(response) ?? []).slice(0, 3)).toEqual([]);
      return responses.filter(({ path }) => path !== '/stats');
    }

    it('returns the containers of all engines, and why the refusing host has none', async () => {
      await expect.poll(readContainers, SOON).toEqual(CONTAINERS);
      const { skipped } = await get<FullStats>('/stats?view=full');
      expect(skipped).toMatchObject([{ host: 'refused', container: null, reason: 'docker_unreachable' }]);
      const states = await get<HostStatus[]>('/hosts');
      expect(states.map(({ name, state, containers }) => [name, state, containers])).toEqual(
        HOSTS.map((name) => (name === 'refused' ? [name, 'down', null] : [name, 'up', 2])),
      );
      expect(states.at(-1)?.error?.message).toContain('refused the ssh login');
    });

    it('distinguishes containers of the same name, and those with the same id on the cloned host', async () => {
      const [local, clone, tls] = await Promise.all(
        ['local', 'clone', 'tls'].map((host) => get<ContainerStats>(`/hosts/${host}/containers/app/stats`)),
      );
      expect([local?.host, clone?.host, tls?.host]).toEqual(['local', 'clone', 'tls']);
      expect(clone?.id).toBe(local?.id);
      expect(tls?.id).not.toBe(local?.id);
      const message = 'Ambiguous name or id: 2 containers match, on the hosts local, clone; ';
      expect(await get(`/containers/${local?.id}/stats`)).toMatchObject({
        code: 'invalid_request',
        message: expect.stringContaining(message) as string,
      });
    });

    it.skipIf(NO_BROWSER)('shows the containers of all engines on the page', async () => {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
      onTestFinished(() => browser.close());
      const page = await browser.newPage();
      await page.goto(`${url}/#key=${KEY}`);
      await expect
        .poll(async () => (await page.getByRole('row').allInnerTexts()).join('\n'), SOON)
        .toMatch(/(?=[^]*local[^]*app)(?=[^]*clone[^]*app)(?=[^]*tls[^]*app)(?=[^]*ssh[^]*app)/);
    });

    it('returns no wrong response at 100 requests per second while one host is slow', async () => {
      slowDown(hosts.clone);
      const responses = await load(9000);
      for (const host of ['local', 'tls', 'ssh']) expect(countSamples(responses, host)).toBeGreaterThan(1);
      expect(countSamples(responses, 'clone')).toBeGreaterThan(0);
    });

    it('goes on with the others at their pace while one is frozen and another is killed', async () => {
      await expect.poll(() => prometheus.queryValue('sum(docker_up)'), SOON).toBe(4);
      expect(await prometheus.queryValue('count(count by (host) (docker_container_pids))')).toBe(4);
      hosts.ssh.signal('SIGSTOP');
      await hosts.tls.stop('SIGKILL');
      const responses = await load(16_000);
      const middle = Math.max(...responses.map(({ sentAt }) => sentAt)) - 8000;
      const later = responses.filter(({ sentAt }) => sentAt > middle);
      const isDown = (host: string): boolean => countSamples(later, host) === 0;
      expect(HOSTS.filter(isDown)).toEqual(['tls', 'ssh', 'refused']);
      for (const host of ['local', 'clone']) expect(countSamples(later, host)).toBeGreaterThan(1);
      // If requests waited for the frozen host, each would take 5 s. A busy machine also delays the samples of the others.
      const durations = later.map(({ sentAt, receivedAt }) => receivedAt - sentAt).toSorted((x, y) => x - y);
      expect(durations[Math.floor(durations.length / 4)]).toBeLessThan(2500);
      await expect.poll(() => prometheus.queryValue('sum(docker_up)'), SOON).toBe(2);
      expect(await prometheus.queryValue('count(docker_container_pids{host=~"local|clone"})')).toBe(4);
    });

    it('returns all of them when the engines run again', async () => {
      hosts.ssh.signal('SIGCONT');
      await startWithContainers(hosts.tls);
      await expect.poll(readContainers, SOON).toEqual(CONTAINERS);
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    });

    it('leaves no docker and no ssh process when it stops while a host hangs', async () => {
      hosts.ssh.signal('SIGSTOP');
      await expect
        .poll(async () => (await get<FullStats>('/stats?view=full')).skipped.map(({ host }) => host), SOON)
        .toEqual(['ssh', 'refused']);
      await expect.poll(() => hosts.server.clients.length, SOON).toBeGreaterThan(0);
      service.kill('SIGTERM');
      expect(await service.exitCode).toBe(0);
      await expect.poll(() => hosts.processes).toEqual([]);
    });
  },
);
