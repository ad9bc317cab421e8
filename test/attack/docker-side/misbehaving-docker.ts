import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { countOpenDescriptors, findProcesses } from '../../support/processes/processes.js';
import { startService } from '../../support/service/service-process.js';
import { FakeDockerCli } from '../../support/docker/fake-docker-cli.js';
import { KEY } from '../../support/service/test-app.js';
import { type HttpResponse, httpGet } from '../http-get.js';

const LIVENESS_EVERY_MS = 20;

/** The longest time that `/health/live` may take, also on a busy machine. */
const MAX_LIVENESS_MS = 2000;

const HEALTHY = { containers: 3, durationMs: 0 };

/** The service runs docker for requests only. */
const NO_BACKGROUND_SAMPLES = { STATS_IDLE_AFTER_MS: '0' };

/** The built service over a fake docker CLI. */
export interface ServiceUnderTest {
  readonly pid: number;
  readonly docker: FakeDockerCli;
  /** Changes how docker behaves, then sends `GET /stats?view=full`, with more query parameters if given. */
  readonly getStatsWith: (behaviour: object, query?: string) => Promise<HttpResponse>;
}

/**
 * Starts the built service over a fake docker CLI, and runs `test` with it. Checks what must be true for every test:
 * `/health/live` responds in time meanwhile; the service returns a sample again when docker is healthy; no process and no
 * descriptor is left; the service stops with exit code 0 and has logged no internal error.
 */
export async function withMisbehavingDocker(
  env: Record<string, string>,
  test: (service: ServiceUnderTest) => Promise<unknown>,
): Promise<void> {
  const docker = new FakeDockerCli(HEALTHY);
  const service = startService({ ...docker.env, ...NO_BACKGROUND_SAMPLES, API_KEYS: KEY, ...env });
  const url = await service.waitForUrl();
  const getStats = (query = ''): Promise<HttpResponse> =>
    httpGet(`${url}/stats?view=full${query}`, { 'X-API-Key': KEY, 'Cache-Control': 'no-cache' });
  const getStatsWith = (behaviour: object, query?: string): Promise<HttpResponse> => {
    docker.setBehaviour(behaviour);
    return getStats(query);
  };

  await expectSample(getStats);
  const descriptors = countOpenDescriptors(service.pid);
  let isOver = false;
  const runTest = async (): Promise<void> => {
    await test({ pid: service.pid, docker, getStatsWith });
    docker.setBehaviour(HEALTHY);
    await expectSample(getStats);
  };
  const [slowestMs] = await Promise.all([
    expectLiveUntil(url, () => isOver),
    runTest().finally(() => (isOver = true)),
  ]);
  expect(slowestMs).toBeLessThan(MAX_LIVENESS_MS);

  await expect.poll(() => findProcesses(docker.program), { timeout: 15_000 }).toEqual([]);
  await expect.poll(() => countOpenDescriptors(service.pid)).toBeLessThanOrEqual(descriptors);
  service.kill('SIGTERM');
  expect(await service.exitCode).toBe(0);
  expect(service.output).not.toMatch(/internal|unhandled|uncaught|Warning:/i);
}

/** Waits until the service returns a sample of the healthy docker. */
async function expectSample(getStats: () => Promise<HttpResponse>): Promise<void> {
  const body = async (): Promise<unknown> => JSON.parse(String((await getStats()).body));
  await expect.poll(body, { timeout: 30_000 }).toMatchObject({ containers: [{}, {}, {}], skipped: [] });
}

/** Polls `/health/live` until the test is over. Returns the longest response time, in ms. */
async function expectLiveUntil(url: string, isOver: () => boolean): Promise<number> {
  let slowestMs = 0;
  while (!isOver()) {
    const before = performance.now();
    const { status } = await httpGet(`${url}/health/live`);
    expect(status).toBe(200);
    slowestMs = Math.max(slowestMs, performance.now() - before);
    await delay(LIVENESS_EVERY_MS);
  }
  return slowestMs;
}
