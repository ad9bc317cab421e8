import { setTimeout as delay } from 'node:timers/promises';
import type { FullStats } from 'docker-stats-client';
import { expect, it } from 'vitest';
import { createFakeHosts } from '../../support/docker/fake-hosts.js';
import { startService } from '../../support/service/service-process.js';
import { httpGet } from '../http-get.js';

const KEY = 'many-hosts-key-0123456789';
const HOSTS = 50;
const CONTAINERS = 50;

/** 50 hosts need 150 processes. Started one after the other in one turn, they would block the event loop for longer than this. */
const MAX_BLOCKED_MS = 500;

it('samples of 50 hosts with 50 containers each do not delay other requests', async () => {
  const hosts = await createFakeHosts(HOSTS, CONTAINERS);
  const service = startService({ ...hosts, API_KEYS: KEY, DOCKER_CONCURRENCY: String(HOSTS) });
  const url = await service.waitForUrl();
  await service.waitForOutput(/is reachable/);

  const first = { isDone: false };
  const response = httpGet(`${url}/stats?view=full`, { 'X-API-Key': KEY }).finally(
    () => (first.isDone = true),
  );
  const latencies: number[] = [];
  while (!first.isDone) {
    const before = performance.now();
    const { status } = await httpGet(`${url}/health/live`);
    expect(status).toBe(200);
    latencies.push(performance.now() - before);
    await delay(10);
  }

  const { containers, hosts: sampled = [] } = JSON.parse(String((await response).body)) as FullStats;
  console.log('50 hosts: slowest of', latencies.length, 'other requests:', Math.max(...latencies), 'ms');
  expect(sampled.filter(({ error }) => error !== null)).toEqual([]);
  expect(containers).toHaveLength(HOSTS * CONTAINERS);
  expect(Math.max(...latencies)).toBeLessThan(MAX_BLOCKED_MS);
});
