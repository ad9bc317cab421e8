import { onTestFinished, vi } from 'vitest';
import { freePort } from '../support/free-port.js';
import { MAIN, ServiceProcess } from '../support/service-process.js';

/** The key of the measured service. */
export const KEY = 'bench-key-0123456789';

/** Of the service: a key, and no limit that a load would meet. */
const SETTINGS = { API_KEYS: `bench:${KEY}`, RATE_LIMIT_PER_MINUTE: '1000000000' };

/** What a server's process was like while something went on. */
export interface Probed<T> {
  /** How late its event loop was, in ms. */
  readonly late: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Its resident memory at the end, and what of it are live objects, after a garbage collection. */
  readonly residentKb: number;
  readonly heapKb: number;
  /** What came of what went on. */
  readonly result: T;
}

/** A server of the benchmark in a process of its own; ends with its scenario. */
export class Server extends ServiceProcess {
  #measurements = 0;
  #knownUrl: string | undefined;

  /**
   * With `BENCH_CPU_PROFILE=folder` each server leaves a CPU profile there, for the developer tools of Chromium or
   * VS Code: `BENCH_CPU_PROFILE=/tmp/profiles npm run bench -- -t warm`.
   */
  private constructor(env: Record<string, string>, program: string, node = process.execPath) {
    const folder = process.env['BENCH_CPU_PROFILE'];
    const profile = folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
    const args = [...profile, '--import', pathOf('process-probe.mjs'), program];
    super({ NODE_ENV: 'production', ...env }, node, args);
    onTestFinished(() => this.stop());
  }

  /** Our service, once it listens and has asked docker for its version; by this Node, or another one. */
  static async start(env: Record<string, string>, node?: string): Promise<Server> {
    const service = new Server({ ...SETTINGS, ...env }, MAIN, node);
    await service.says(/is reachable/);
    return service;
  }

  /** The same without the lines of requests, nor the one that says where it listens. */
  static async startQuiet(env: Record<string, string>, node?: string): Promise<Server> {
    const port = await freePort();
    const service = new Server({ ...SETTINGS, ...env, LOG_LEVEL: 'warn', PORT: String(port) }, MAIN, node);
    service.#knownUrl = `http://127.0.0.1:${port}`;
    await vi.waitFor(() => fetch(`${service.#knownUrl}/health/live`), { timeout: 10_000 });
    return service;
  }

  /** A NestJS application, or a server of `node:http`, that does nothing but answer this body. */
  static async startBare(kind: 'nest' | 'http', body: string, node?: string): Promise<Server> {
    const server = new Server({ BODY: body }, pathOf(`bare-${kind}.mjs`), node);
    await server.url();
    return server;
  }

  /** A small service that starts a docker process for each request. */
  static async startProcessPerRequest(env: Record<string, string>): Promise<Server> {
    const server = new Server(env, pathOf('process-per-request.mjs'));
    await server.url();
    return server;
  }

  /** So many readers of a stream, in one process. */
  static async startStreamReaders(url: string, count: number): Promise<Server> {
    const readers = new Server({ URL: url, KEY, COUNT: String(count) }, pathOf('stream-readers.mjs'));
    await readers.says(/all connected/);
    return readers;
  }

  override async url(): Promise<string> {
    return this.#knownUrl ?? super.url();
  }

  /** The body of one `GET /stats`. */
  async stats(headers: Record<string, string> = {}): Promise<string> {
    const url = `${await this.url()}/stats`;
    const response = await fetch(url, { headers: { 'X-API-Key': KEY, ...headers } });
    if (response.status !== 200) throw new Error(`GET /stats is answered ${response.status}`);
    return response.text();
  }

  /** Does something, and tells what the server's process was like meanwhile. */
  async probe<T>(during: () => Promise<T>): Promise<Probed<T>> {
    const n = ++this.#measurements;
    this.kill('SIGUSR2');
    await this.says(new RegExp(`probe: measurement ${n}\n`));
    const result = await during();
    this.kill('SIGUSR2');
    const [, json = ''] = await this.says(new RegExp(`probe: result ${n} (.*)\n`));
    return { ...(JSON.parse(json) as Omit<Probed<T>, 'result'>), result };
  }

  /** A load has too many lines of requests to keep; to read them is enough. */
  protected override hear(line: string): void {
    if (!line.includes('"route":')) super.hear(line);
  }

  async stop(): Promise<void> {
    this.kill('SIGTERM');
    await this.exitCode;
  }
}

function pathOf(file: string): string {
  return new URL(file, import.meta.url).pathname;
}
