import { onTestFinished, vi } from 'vitest';
import { findFreePort } from '../../support/http/free-port.js';
import { MAIN, ServiceProcess } from '../../support/service/service-process.js';

/** The API key of the measured service. */
export const KEY = 'bench-key-0123456789';

/** Settings of the service. The rate limit is too high to be reached. */
const SETTINGS = { API_KEYS: `bench:${KEY}`, RATE_LIMIT_PER_MINUTE: '1000000000' };

/** What a server did during an action, and the result of the action. */
export interface Probed<T> {
  /** How late timers ran, in ms. */
  readonly eventLoopDelay: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The memory after the action and a garbage collection. */
  readonly residentKb: number;
  readonly heapKb: number;
  readonly result: T;
}

/** A server of the benchmark, in a process of its own. Is stopped at the end of the scenario. */
export class Server extends ServiceProcess {
  #measurements = 0;
  #knownUrl: string | undefined;

  /**
   * With `BENCH_CPU_PROFILE=folder`, each server writes a CPU profile to the folder. The developer tools of Chromium and
   * VS Code show it. Example: `BENCH_CPU_PROFILE=/tmp/profiles npm run bench -- -t warm`.
   */
  private constructor(env: Record<string, string>, program: string, node = process.execPath) {
    const folder = process.env['BENCH_CPU_PROFILE'];
    const profile = folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
    const args = [...profile, '--import', getPath('process-probe.mjs'), program];
    super({ NODE_ENV: 'production', ...env }, node, args);
    onTestFinished(() => this.stop());
  }

  /** Starts the service, with this Node or another one. Waits until it listens and has reached docker. */
  static async start(env: Record<string, string>, node?: string): Promise<Server> {
    const service = new Server({ ...SETTINGS, ...env }, MAIN, node);
    await service.waitForOutput(/is reachable/);
    return service;
  }

  /** Starts the service with `LOG_LEVEL=warn`. It does not log its URL then, so the port is chosen here. */
  static async startWithoutLog(env: Record<string, string>, node?: string): Promise<Server> {
    const port = await findFreePort();
    const service = new Server({ ...SETTINGS, ...env, LOG_LEVEL: 'warn', PORT: String(port) }, MAIN, node);
    service.#knownUrl = `http://127.0.0.1:${port}`;
    await vi.waitFor(() => fetch(`${service.#knownUrl}/health/live`), { timeout: 10_000 });
    return service;
  }

  /** Starts a NestJS application, or a server of `node:http`, that returns this body for every request. */
  static async startBare(kind: 'nest' | 'http', body: string, node?: string): Promise<Server> {
    const server = new Server({ BODY: body }, getPath(`bare-${kind}.mjs`), node);
    await server.waitForUrl();
    return server;
  }

  /** Starts a simple server that runs docker for each request. */
  static async startProcessPerRequest(env: Record<string, string>): Promise<Server> {
    const server = new Server(env, getPath('process-per-request.mjs'));
    await server.waitForUrl();
    return server;
  }

  /** Starts a process that serves the metrics of any number of Docker hosts at `/0`, `/1` and so on. */
  static async startExporters(containers: number): Promise<Server> {
    const server = new Server({ CONTAINERS: String(containers) }, getPath('fleet-exporters.mjs'));
    await server.waitForUrl();
    return server;
  }

  /** Starts a process with `count` readers of a stream. */
  static async startStreamReaders(url: string, count: number): Promise<Server> {
    const readers = new Server({ URL: url, KEY, COUNT: String(count) }, getPath('stream-readers.mjs'));
    await readers.waitForOutput(/All connected/);
    return readers;
  }

  override async waitForUrl(): Promise<string> {
    return this.#knownUrl ?? super.waitForUrl();
  }

  /** Sends `GET /stats`, and returns the body. */
  async getStats(headers: Record<string, string> = {}): Promise<string> {
    const url = `${await this.waitForUrl()}/stats`;
    const response = await fetch(url, { headers: { 'X-API-Key': KEY, ...headers } });
    if (response.status !== 200) throw new Error(`GET /stats returned ${response.status}`);
    return response.text();
  }

  /** Runs an action, and measures the server meanwhile. */
  async probe<T>(action: () => Promise<T>): Promise<Probed<T>> {
    const n = ++this.#measurements;
    this.kill('SIGUSR2');
    await this.waitForOutput(new RegExp(`probe: measurement ${n}\n`));
    const result = await action();
    this.kill('SIGUSR2');
    const [, json = ''] = await this.waitForOutput(new RegExp(`probe: result ${n} (.*)\n`));
    return { ...(JSON.parse(json) as Omit<Probed<T>, 'result'>), result };
  }

  /** Drops the log lines of requests: a load logs too many to keep. */
  protected override handleLine(line: string): void {
    if (!line.includes('"route":')) super.handleLine(line);
  }

  async stop(): Promise<void> {
    this.kill('SIGTERM');
    await this.exitCode;
  }
}

function getPath(file: string): string {
  return new URL(`../programs/${file}`, import.meta.url).pathname;
}
