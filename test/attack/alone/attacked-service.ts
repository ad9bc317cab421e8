import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { residentMb } from '../../support/processes.js';
import { MAIN, type ServiceProcess, startService } from '../../support/service-process.js';
import { StandIn } from '../../support/stand-in.js';
import { httpGet } from '../http-get.js';

/** The keys of one who attacks, with a scope, and of one who wants figures. */
export const ATTACKER = 'attacker-key-0123456789';
export const VICTIM = 'victim-key-0123456789';

/** How often the victim asks. */
const ASK_EVERY_MS = 20;

/** The built service, and how much it has to do. */
export interface AttackedOptions {
  readonly containers: number;
  readonly env?: Record<string, string>;
  readonly nodeArgs?: readonly string[];
}

/** Starts the service with a scope for the attacker that has every container. */
export function startAttacked({ containers, env = {}, nodeArgs = [] }: AttackedOptions): ServiceProcess {
  const docker = new StandIn({ containers, durationMs: 1500 });
  return startService(
    {
      ...docker.env,
      API_KEYS: `attacker:${ATTACKER};containers=*,victim:${VICTIM}`,
      ...env,
    },
    process.execPath,
    [...nodeArgs, MAIN],
  );
}

/** How the victim was served during an attack. */
export interface Served {
  readonly requests: number;
  readonly statuses: readonly number[];
  /** The 99th percentile of its latency. */
  readonly p99Ms: number;
  /** The oldest sample that it got, in seconds. */
  readonly maxAge: number;
  /** The most resident memory of the service, in MB. */
  readonly peakMb: number;
}

/** Lets the victim ask for `/stats` again and again until the attack is over. */
export async function servedDuring(service: ServiceProcess, attack: Promise<unknown>): Promise<Served> {
  const url = await service.url();
  const agent = new Agent({ keepAlive: true });
  const over = { is: false };
  void attack.finally(() => (over.is = true)).catch(() => undefined);
  const latencies: number[] = [];
  const statuses = new Set<number>();
  let [maxAge, peakMb] = [0, 0];
  while (!over.is) {
    const before = performance.now();
    const { status, headers } = await httpGet(`${url}/stats`, { 'X-API-Key': VICTIM }, agent);
    latencies.push(performance.now() - before);
    statuses.add(status);
    maxAge = Math.max(maxAge, Number(headers['age']));
    peakMb = Math.max(peakMb, residentMb(service.pid));
    await delay(ASK_EVERY_MS);
  }
  agent.destroy();
  await attack;
  latencies.sort((a, b) => a - b);
  const p99Ms = latencies[Math.floor(latencies.length * 0.99)] ?? NaN;
  return { requests: latencies.length, statuses: [...statuses], p99Ms, maxAge, peakMb };
}
