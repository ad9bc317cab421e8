import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { Result } from 'autocannon';
import { cpuSeconds } from './process-figures.js';
import { KEY, type Server } from './server.js';

const run = promisify(execFile);
const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon');

/** How much to ask: for so many seconds, or so many requests in all. */
export type Amount = { readonly seconds: number } | { readonly requests: number };

/** What the clients saw. */
export interface Load {
  /** Answers with status 200 to 299 alone. */
  readonly requestsPerSecond: number;
  /** Of the answers, in ms. */
  readonly p50: number;
  readonly p99: number;
  /** The same in all. */
  readonly answers: number;
  /** Other answers, and connections that failed. */
  readonly errors: number;
}

/** Sends `GET /stats` with the key over so many connections at once, from a process of its own. */
export async function load(server: Server, connections: number, amount: Amount): Promise<Load> {
  const much = 'seconds' in amount ? ['-d', String(amount.seconds)] : ['-a', String(amount.requests)];
  const options = ['--json', '-n', '-t', '60', '-c', String(connections), ...much, '-H', `X-API-Key=${KEY}`];
  const { stdout } = await run(process.execPath, [AUTOCANNON, ...options, `${await server.url()}/stats`]);
  const result = JSON.parse(stdout) as Result;
  return {
    requestsPerSecond: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    answers: result['2xx'],
    errors: result.errors + result.non2xx,
  };
}

/** Settings of a service that is measured by turns with another server, and must not sample in that one's turns. */
export const SAMPLING_ONLY_UNDER_LOAD = { STATS_IDLE_AFTER_MS: '1000' };

/** The same, of a service with a new sample: one that is about to get too old would have to be waited for. */
export async function loadWarm(service: Server, connections: number, amount: Amount): Promise<Load> {
  await service.stats({ 'Cache-Control': 'no-cache' });
  return load(service, connections, amount);
}

/** What a server spent on each answer of a load. */
export interface Spent extends Load {
  readonly cpuMicroseconds: number;
}

/** Four seconds of a warm load, and what the server spent on it. */
export async function spend(server: Server): Promise<Spent> {
  const before = cpuSeconds(server.pid);
  const warm = await loadWarm(server, 50, { seconds: 4 });
  return { ...warm, cpuMicroseconds: ((cpuSeconds(server.pid) - before) / warm.answers) * 1e6 };
}

/** One figure of several rounds. */
export function eachOf<Round extends Load>(rounds: readonly Round[], figure: keyof Round & string): number[] {
  return rounds.map((round) => Number(round[figure]));
}
