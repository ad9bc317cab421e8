import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CountingDocker } from '../../bench/measure/counting-docker.js';
import { KEY, Server } from '../../bench/measure/server.js';
import { countOpenDescriptors, findProcesses } from '../../support/processes/processes.js';
import { random } from '../../support/vitest/random.js';
import { FakeDockerCli } from '../../support/docker/fake-docker-cli.js';
import { CLIENTS } from './soak-clients.js';
import { CONTAINERS, type Target } from './soak-requests.js';

const SOAK_SECONDS = Number(process.env['SOAK_SECONDS'] ?? 60);

/** After this time, V8 has compiled most of the code. Before, the heap still grows. */
const WARM_UP_SECONDS = Math.max(15, SOAK_SECONDS / 10);

/** How many clients there are at any time. */
const CONCURRENCY = 24;

/** The longest pause before the next client replaces one that has finished. */
const MAX_PAUSE_MS = 40;

/** If docker has not been started for this time, the service is idle. Twice the time between two samples. */
const IDLE_MS = 2000;

const SETTINGS = {
  STATS_INTERVAL_MS: '1000',
  STATS_MAX_AGE_MS: '2000',
  STATS_IDLE_AFTER_MS: '500',
  STREAM_HEARTBEAT_MS: '1000',
  HEALTH_CACHE_MS: '500',
  HISTORY_MS: '10000',
  RATE_LIMIT_PER_MINUTE: '1000000',
  AUTH_FAILURES_PER_MINUTE: '1000000',
};

/** What happened to the clients. */
interface SoakResult {
  /** How many clients there were, by kind. */
  readonly counts: Map<string, number>;
  readonly failures: string[];
}

/** The resources of the idle service. */
interface Resources {
  readonly heapMb: number;
  readonly residentMb: number;
  readonly descriptors: number;
}

it(
  `the service does not leak memory or descriptors in ${SOAK_SECONDS} s of connecting and disconnecting clients`,
  { timeout: (SOAK_SECONDS + WARM_UP_SECONDS + 120) * 1000 },
  async () => {
    const fakeDocker = new FakeDockerCli({ containers: CONTAINERS, durationMs: 100 });
    const docker = new CountingDocker(fakeDocker.env);
    const service = await Server.start({ ...docker.env, ...SETTINGS });
    const descriptors = countOpenDescriptors(service.pid);

    const measureWhenIdle = async (): Promise<Resources> => {
      await expect.poll(() => countStartsWhileWaiting(docker), { timeout: 20_000 }).toBe(0);
      await expect.poll(() => findProcesses(fakeDocker.program)).toEqual([]);
      await expect
        .poll(() => countOpenDescriptors(service.pid), { timeout: 20_000 })
        .toBeLessThanOrEqual(descriptors);
      const { heapKb, residentKb } = await service.probe(() => Promise.resolve());
      return {
        heapMb: heapKb / 1024,
        residentMb: residentKb / 1024,
        descriptors: countOpenDescriptors(service.pid),
      };
    };

    const url = await service.waitForUrl();
    await runClients(url, WARM_UP_SECONDS);
    const before = await measureWhenIdle();
    const result = await runClients(url, SOAK_SECONDS);
    const after = await measureWhenIdle();
    console.log(formatTable(before, after, result));

    expect(result.failures.slice(0, 10)).toEqual([]);
    expect(Math.min(...result.counts.values())).toBeGreaterThan(0);
    expect(after.heapMb / before.heapMb).toBeLessThanOrEqual(1.1);
    await service.stop();
    expect(await service.exitCode).toBe(0);
    expect(service.output).not.toMatch(/"level":"error"|Warning:|unhandled|uncaught/i);
  },
);

/** Waits, and returns how often docker was started meanwhile. */
async function countStartsWhileWaiting(docker: CountingDocker): Promise<number> {
  const before = docker.starts;
  await delay(IDLE_MS);
  return docker.starts - before;
}

/** Runs clients of all kinds for some time, and waits until all have finished. */
async function runClients(url: string, seconds: number): Promise<SoakResult> {
  const counts = new Map(Object.keys(CLIENTS).map((kind) => [kind, 0]));
  const failures: string[] = [];
  const agent = new Agent({ keepAlive: true });
  const target: Target = { url, port: Number(new URL(url).port), key: KEY, agent };
  const kinds = Object.entries(CLIENTS).flatMap(([kind, { share }]) =>
    Array.from({ length: share }, () => kind),
  );
  const endsAt = performance.now() + seconds * 1000;
  const runOneAfterTheOther = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      const kind = kinds[Math.floor(random() * kinds.length)] ?? '';
      try {
        await CLIENTS[kind]?.run(target);
      } catch (error) {
        failures.push(`${kind}: ${String(error)}`);
      }
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      await delay(random() * MAX_PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, runOneAfterTheOther));
  agent.destroy();
  return { counts, failures };
}

/** Formats the measured resources as a Markdown table. */
function formatTable(before: Resources, after: Resources, { counts }: SoakResult): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const growth = (after.heapMb / before.heapMb).toFixed(3);
  const rows = [
    [
      `idle, after ${SOAK_SECONDS} s and ${total} clients of ${counts.size} kinds`,
      'after warm-up',
      'at the end',
    ],
    ['---', '---', '---'],
    [
      'live heap, after a garbage collection',
      formatMb(before.heapMb),
      `${formatMb(after.heapMb)} (× ${growth})`,
    ],
    ['resident memory', formatMb(before.residentMb), formatMb(after.residentMb)],
    ['open descriptors', before.descriptors, after.descriptors],
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function formatMb(value: number): string {
  return `${value.toFixed(1)} MB`;
}
