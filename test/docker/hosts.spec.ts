import { setTimeout as delay } from 'node:timers/promises';
import type { FullStats } from 'docker-stats-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerEngine } from '../support/engines/docker-engine.js';
import { startBusy } from '../support/engines/known-load.js';
import { ServiceProcess } from '../support/service/service-process.js';
import { KEY } from '../support/service/test-app.js';
import { NO_DOCKER_ENGINE } from '../support/vitest/docker-availability.js';

const MAX_AGE_MS = 5000;

/** A response, and how long it took. */
interface Answer {
  readonly stats: FullStats;
  readonly tookMs: number;
}

/** The containers, and the errors of the hosts without figures. */
function summarize({ containers, hosts = [] }: FullStats): string[] {
  return [
    ...containers.map(({ host, name }) => `${host} ${name}`),
    ...hosts.flatMap(({ name, error }) => (error === null ? [] : `${name} has no figures`)),
  ];
}

/** Checks that each host has either an error or fresh figures, and that only the latter have containers. */
function expectHonest({ hosts = [], containers, skipped }: FullStats): void {
  const withFigures = hosts
    .filter(({ ageMs }) => ageMs !== null && ageMs <= MAX_AGE_MS)
    .map(({ name }) => name);
  const withErrors = hosts.filter(({ error }) => error !== null).map(({ name }) => name);
  expect([...withFigures, ...withErrors].toSorted()).toEqual(['a', 'b', 'c']);
  expect([...new Set(containers.map(({ host }) => host))]).toEqual(withFigures);
  expect(skipped.map(({ host }) => host)).toEqual(withErrors);
}

describe.skipIf(NO_DOCKER_ENGINE)('Service with three real engines', () => {
  const engines = { a: new DockerEngine(), b: new DockerEngine(), c: new DockerEngine() };
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    await Promise.all(Object.values(engines).map((engine) => engine.start()));
    await Promise.all([
      startBusy(engines.a),
      ...Object.values(engines).map((engine) => engine.runContainer('app', 'sleep 1000')),
    ]);
    const hosts = Object.entries(engines).map(([name, { host }]) => `${name}=${host}`);
    service = new ServiceProcess({ DOCKER_HOSTS: hosts.join(), API_KEYS: `test:${KEY}` });
    url = await service.waitForUrl();
  });
  afterAll(async () => {
    service.kill('SIGKILL');
    await Promise.all(Object.values(engines).map((engine) => engine.destroy()));
  });

  async function get(path: string): Promise<Response> {
    return fetch(url + path, { headers: { 'X-API-Key': KEY } });
  }

  async function getStats(): Promise<Answer> {
    const startedAt = performance.now();
    const response = await get('/stats?view=full');
    expect(response.status).toBe(200);
    const stats = (await response.json()) as FullStats;
    return { stats, tookMs: performance.now() - startedAt };
  }

  it('returns the containers of all of them, with the figures of each', async () => {
    const { stats } = await getStats();
    expect(summarize(stats)).toEqual(['a app', 'a busy', 'b app', 'c app']);
    const busy = stats.containers.find(({ name }) => name === 'busy');
    expect(busy?.cpuUsage).toBeGreaterThan(12);
    expect(busy?.cpuUsage).toBeLessThan(28);
    expect(await (await get('/hosts')).json()).toMatchObject([
      { name: 'a', state: 'up', containers: 2 },
      { name: 'b', state: 'up', containers: 1 },
      { name: 'c', state: 'up', containers: 1 },
    ]);
  });

  it('goes on with one while another is frozen and the third is killed, at 100 requests per second', async () => {
    engines.b.signal('SIGSTOP');
    await engines.c.stop('SIGKILL');
    const pending: Promise<Answer>[] = [];
    for (let n = 0; n < 2000; n++) {
      pending.push(getStats());
      // oxlint-disable-next-line no-await-in-loop -- the pace of the requests
      await delay(10);
    }
    const answers = await Promise.all(pending);
    answers.forEach(({ stats }) => expectHonest(stats));
    const later = answers.slice(1000);
    expect(new Set(later.map(({ stats }) => summarize(stats).join()))).toEqual(
      new Set(['a app,a busy,b has no figures,c has no figures']),
    );
    // Nobody waits for the other two, which would take 5 s.
    expect(Math.max(...later.map(({ tookMs }) => tookMs))).toBeLessThan(4000);
  });

  it('returns all of them when the engines run again', async () => {
    engines.b.signal('SIGCONT');
    await engines.c.start();
    await engines.c.docker('start', 'app'); // dockerd ends the containers of a dockerd that was killed
    await expect
      .poll(async () => summarize((await getStats()).stats), { timeout: 40_000, interval: 500 })
      .toEqual(['a app', 'a busy', 'b app', 'c app']);
  });

  it('reports itself ready, and each host in the metrics', async () => {
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const text = await (await get('/metrics')).text();
    expect(text).toContain('docker_up{host="c"} 1');
    expect(text).toContain('docker_stats_api_samples_total{host="b",result="docker_timeout"} 1');
    expect(text).toMatch(/docker_container_pids\{host="a",name="busy",id="[0-9a-f]{64}"\} 1\n/);
  });
});
