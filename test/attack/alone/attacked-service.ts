import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { readResidentMb } from '../../support/processes/processes.js';
import { MAIN, type ServiceProcess, startService } from '../../support/service/service-process.js';
import { FakeDockerCli } from '../../support/docker/fake-docker-cli.js';
import { httpGet } from '../http-get.js';

/** The API key of the attacker. It has a scope, which makes its requests more expensive. */
export const ATTACKER_KEY = 'attacker-key-0123456789';
/** The API key of another client, which must not notice the attack. */
export const OTHER_KEY = 'victim-key-0123456789';

/** The pause between two requests of the other client. */
const PAUSE_MS = 20;

export interface AttackedServiceOptions {
  readonly containers: number;
  readonly env?: Record<string, string>;
  readonly nodeArgs?: readonly string[];
}

/** Starts the built service over a fake docker CLI, with both keys. The scope of the attacker contains every container. */
export function startAttackedService({
  containers,
  env = {},
  nodeArgs = [],
}: AttackedServiceOptions): ServiceProcess {
  const docker = new FakeDockerCli({ containers, durationMs: 1500 });
  return startService(
    {
      ...docker.env,
      API_KEYS: `attacker:${ATTACKER_KEY};containers=*,victim:${OTHER_KEY}`,
      ...env,
    },
    process.execPath,
    [...nodeArgs, MAIN],
  );
}

/** What the other client received during an attack, and how much memory the service used. */
export interface OtherClientResult {
  readonly requests: number;
  /** Each status once. */
  readonly statuses: readonly number[];
  /** The 99th percentile of the latency. */
  readonly p99Ms: number;
  /** The largest `Age` header, in seconds. */
  readonly maxAge: number;
  /** The largest resident memory of the service, in MB. */
  readonly peakMb: number;
}

/** Sends `GET /stats` with the other key, one request after the other, until the attack is over. */
export async function pollDuring(
  service: ServiceProcess,
  attack: Promise<unknown>,
): Promise<OtherClientResult> {
  const url = await service.waitForUrl();
  const agent = new Agent({ keepAlive: true });
  const attackState = { isOver: false };
  void attack.finally(() => (attackState.isOver = true)).catch(() => undefined);
  const latencies: number[] = [];
  const statuses = new Set<number>();
  let maxAge = 0;
  let peakMb = 0;
  while (!attackState.isOver) {
    const before = performance.now();
    const { status, headers } = await httpGet(`${url}/stats`, { 'X-API-Key': OTHER_KEY }, agent);
    latencies.push(performance.now() - before);
    statuses.add(status);
    maxAge = Math.max(maxAge, Number(headers['age']));
    peakMb = Math.max(peakMb, readResidentMb(service.pid));
    await delay(PAUSE_MS);
  }
  agent.destroy();
  await attack;
  latencies.sort((a, b) => a - b);
  const p99Ms = latencies[Math.floor(latencies.length * 0.99)] ?? NaN;
  return { requests: latencies.length, statuses: [...statuses], p99Ms, maxAge, peakMb };
}
