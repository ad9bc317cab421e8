import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { Result } from 'autocannon';
import { readCpuSeconds } from './cpu-time.js';
import { KEY, type Server } from './server.js';

const run = promisify(execFile);
const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon');

/** The duration of a load, or its total number of requests. */
export type Amount = { readonly seconds: number } | { readonly requests: number };

/** What the clients of a load measured. */
export interface Load {
  /** Only responses with status 200 to 299. */
  readonly requestsPerSecond: number;
  /** Latency percentiles, in ms. */
  readonly p50: number;
  readonly p99: number;
  /** How many responses had status 200 to 299. */
  readonly responses: number;
  /** How many requests got another status, or failed. */
  readonly errors: number;
}

/** Sends `GET /stats` with the API key over several connections at once, from another process. */
export async function load(server: Server, connections: number, amount: Amount): Promise<Load> {
  const limit = 'seconds' in amount ? ['-d', String(amount.seconds)] : ['-a', String(amount.requests)];
  const options = ['--json', '-n', '-t', '60', '-c', String(connections), ...limit, '-H', `X-API-Key=${KEY}`];
  const { stdout } = await run(process.execPath, [
    AUTOCANNON,
    ...options,
    `${await server.waitForUrl()}/stats`,
  ]);
  const result = JSON.parse(stdout) as Result;
  return {
    requestsPerSecond: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    responses: result['2xx'],
    errors: result.errors + result.non2xx,
  };
}

/** Settings of a service that is measured alternately with another server: it stops sampling while that one is measured. */
export const SAMPLING_ONLY_UNDER_LOAD = { STATS_IDLE_AFTER_MS: '1000' };

/** Like `load`, with a new sample in the cache, so that no request waits for docker. */
export async function loadWarm(service: Server, connections: number, amount: Amount): Promise<Load> {
  await service.getStats({ 'Cache-Control': 'no-cache' });
  return load(service, connections, amount);
}

export interface LoadWithCpu extends Load {
  /** CPU time of the server per response. */
  readonly cpuMicroseconds: number;
}

/** Applies a warm load for four seconds, and measures the CPU time of the server. */
export async function loadAndMeasureCpu(server: Server): Promise<LoadWithCpu> {
  const before = readCpuSeconds(server.pid);
  const warm = await loadWarm(server, 50, { seconds: 4 });
  return { ...warm, cpuMicroseconds: ((readCpuSeconds(server.pid) - before) / warm.responses) * 1e6 };
}

/** Returns one figure of each round. */
export function pluck<Round extends object>(
  rounds: readonly Round[],
  figure: keyof Round & string,
): number[] {
  return rounds.map((round) => Number(round[figure]));
}
