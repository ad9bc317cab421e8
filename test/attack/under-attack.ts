import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Answer, httpGet } from './http-get.js';
import { openDescriptors, processesWith } from '../support/processes.js';
import { startService } from '../support/service-process.js';
import { StandIn } from '../support/stand-in.js';
import { KEY } from '../support/test-app.js';

/** How often somebody asks whether the service lives. */
const PROBE_EVERY_MS = 20;

/** Slower than that, a service is taken for dead; a noisy machine may take a part of it. */
const MAX_ANSWER_MS = 2000;

/** A docker that answers well, at once. */
const WELL = { containers: 3, durationMs: 0 };

/** No runs of docker but those that a test asks for. */
const ONLY_WHEN_ASKED = { STATS_IDLE_AFTER_MS: '0' };

/** The built service over a docker that misbehaves. */
export interface Victim {
  readonly pid: number;
  readonly docker: StandIn;
  /** Lets docker misbehave, and tells what the service answers then to `GET /stats?view=full`. */
  answerTo(behaviour: object, query?: string): Promise<Answer>;
}

/**
 * Lets an attack happen, and checks what must hold whatever it is: the service answers others all the while, serves
 * again when docker does, keeps nothing, leaves nobody behind, and stops as it should.
 */
export async function underAttack(
  env: Record<string, string>,
  attack: (victim: Victim) => Promise<unknown>,
): Promise<void> {
  const docker = new StandIn(WELL);
  const service = startService({ ...docker.env, ...ONLY_WHEN_ASKED, API_KEYS: KEY, ...env });
  const url = await service.url();
  const stats = (query = ''): Promise<Answer> =>
    httpGet(`${url}/stats?view=full${query}`, { 'X-API-Key': KEY, 'Cache-Control': 'no-cache' });
  const victim: Victim = {
    pid: service.pid,
    docker,
    answerTo: (behaviour, query) => {
      docker.behave(behaviour);
      return stats(query);
    },
  };

  await expectRecovery(stats);
  const descriptors = openDescriptors(service.pid);
  let isOver = false;
  const attacked = async (): Promise<void> => {
    await attack(victim);
    docker.behave(WELL);
    await expectRecovery(stats);
  };
  const [slowestMs] = await Promise.all([
    expectLife(url, () => isOver),
    attacked().finally(() => (isOver = true)),
  ]);
  expect(slowestMs).toBeLessThan(MAX_ANSWER_MS);

  await expect.poll(() => processesWith(docker.program), { timeout: 15_000 }).toEqual([]);
  await expect.poll(() => openDescriptors(service.pid)).toBeLessThanOrEqual(descriptors);
  service.kill('SIGTERM');
  expect(await service.exitCode).toBe(0);
  expect(service.output).not.toMatch(/internal|unhandled|uncaught|Warning:/i);
}

/** Waits until the service serves what docker says. */
async function expectRecovery(stats: () => Promise<Answer>): Promise<void> {
  const body = async (): Promise<unknown> => JSON.parse(String((await stats()).body));
  await expect.poll(body, { timeout: 30_000 }).toMatchObject({ containers: [{}, {}, {}], skipped: [] });
}

/** Asks until the end whether the service lives; tells how long the slowest answer took, in ms. */
async function expectLife(url: string, isOver: () => boolean): Promise<number> {
  let slowestMs = 0;
  while (!isOver()) {
    const before = performance.now();
    const { status } = await httpGet(`${url}/health/live`);
    expect(status).toBe(200);
    slowestMs = Math.max(slowestMs, performance.now() - before);
    await delay(PROBE_EVERY_MS);
  }
  return slowestMs;
}
