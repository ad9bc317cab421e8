import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerStats, FullStats } from 'docker-stats-client';
import { NO_DOCKER_ENGINE } from '../support/vitest/docker-availability.js';
import { DockerEngine } from '../support/engines/docker-engine.js';
import { expectKnownLoad, startBusy, startHolder } from '../support/engines/known-load.js';
import { ServiceProcess } from '../support/service/service-process.js';

const KEY = 'smoke-test-key-0123456789';

describe.skipIf(NO_DOCKER_ENGINE)('Built service with a real Docker engine', () => {
  let engine: DockerEngine;
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    engine = new DockerEngine();
    await engine.start();
    await Promise.all([startBusy(engine), startHolder(engine), engine.runContainer('idle', 'sleep 1000')]);
    service = new ServiceProcess({ DOCKER_HOST: engine.host, API_KEYS: `smoke:${KEY}` });
    url = await service.waitForUrl();
  });
  afterAll(async () => {
    service.kill('SIGKILL');
    await engine.destroy();
  });

  async function get(path: string): Promise<Response> {
    const response = await fetch(url + path, { headers: { 'X-API-Key': KEY } });
    expect(response.status).toBe(200);
    return response;
  }

  it('GET /health/ready reports that docker is up', async () => {
    expect(await (await get('/health/ready')).json()).toMatchObject({
      status: 'ok',
      info: { docker: { status: 'up' } },
    });
  });

  it('GET /stats returns the CPU and memory usage of every container', async () => {
    const containers = (await (await get('/stats')).json()) as ContainerStats[];
    expect(containers.map(({ name }) => name)).toEqual(['busy', 'holder', 'idle']);
    expectKnownLoad(containers);
  });

  it('GET /stats?view=full returns ids, images and all values', async () => {
    const { containers, skipped } = (await (await get('/stats?view=full')).json()) as FullStats;
    expect(skipped).toEqual([]);
    expect(containers.find(({ name }) => name === 'idle')).toMatchObject({
      id: await engine.docker('inspect', '-f', '{{.Id}}', 'idle'),
      memoryLimit: expect.any(Number) as number,
      pids: 1,
    });
    expect(containers).toHaveLength(3);
  });

  it('GET /metrics reports docker_up 1 and a series for every container', async () => {
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toMatch(/^docker_up 1$/m);
    expect(metrics.match(/^docker_container_cpu_usage_ratio\{/gm)).toHaveLength(3);
  });

  it('exits with code 0 on SIGTERM', async () => {
    service.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
  });
});
