import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { findFreePort } from '../http/free-port.js';

/** The scrape interval and timeout. On a busy machine a run of `docker stats` takes more than 2.5 s, all that a timeout of 3 s leaves it. */
const INTERVAL_S = 5;

/** One result of a query: the value for a set of labels. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A Prometheus, with the files in `deploy/prometheus` or another configuration. */
export class PrometheusServer {
  /** The folder with its configuration, rules, API key and data. */
  readonly folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  /** Where it listens, once it runs. */
  url = '';
  #log = '';
  #prometheus: ChildProcess | undefined;

  /** The process id. */
  get pid(): number {
    return this.#prometheus?.pid ?? NaN;
  }

  /**
   * Starts Prometheus with a service to scrape and its API key, and waits until it is ready. Only the target and the intervals
   * differ from `deploy/prometheus`.
   */
  async start(serviceUrl: string, key: string): Promise<void> {
    const config = readFileSync('deploy/prometheus/prometheus.yml', 'utf8')
      .replace('scrape_interval: 15s', `scrape_interval: ${INTERVAL_S}s\n  evaluation_interval: 1s`)
      .replace('scrape_timeout: 10s', `scrape_timeout: ${INTERVAL_S}s`);
    writeFileSync(join(this.folder, 'docker-stats-api.key'), `${key}\n`, { mode: 0o600 });
    const targets = readFileSync('deploy/prometheus/targets.yml', 'utf8');
    writeFileSync(
      join(this.folder, 'targets.yml'),
      targets.replace('127.0.0.1:5005', new URL(serviceUrl).host),
    );
    copyFileSync('deploy/prometheus/rules.yml', join(this.folder, 'rules.yml'));
    await this.startWith(config);
  }

  /** Starts Prometheus with this configuration, and waits until it is ready. */
  async startWith(config: string): Promise<void> {
    writeFileSync(join(this.folder, 'prometheus.yml'), config);
    const address = `127.0.0.1:${await findFreePort()}`;
    this.url = `http://${address}`;
    this.#prometheus = spawn(
      'prometheus',
      [
        `--config.file=${this.folder}/prometheus.yml`,
        `--storage.tsdb.path=${this.folder}/data`,
        `--web.listen-address=${address}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#prometheus.stderr?.on('data', (chunk: Buffer) => (this.#log += chunk.toString()));
    await vi.waitFor(
      async () => {
        if (!(await fetch(`${this.url}/-/ready`)).ok)
          throw new Error(`Prometheus is not ready:\n${this.#log}`);
      },
      { timeout: 20_000, interval: 100 },
    );
  }

  /** Calls the HTTP API of Prometheus, for example `rules`. Throws the error that Prometheus returns. */
  async callApi<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const { status, error, data } = (await response.json()) as { status: string; error?: string; data: T };
    if (status !== 'success') throw new Error(error);
    return data;
  }

  /** Evaluates an expression. */
  async query(expression: string): Promise<readonly Sample[]> {
    const { result } = await this.callApi<{ result: readonly Sample[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return result;
  }

  /** Evaluates an expression with at most one result. Returns its value, or `undefined` without a result. */
  async queryValue(expression: string): Promise<number | undefined> {
    const result = await this.query(expression);
    if (result.length > 1) throw new Error(`Expected one result, not ${result.length}: ${expression}`);
    return result[0] && Number(result[0].value[1]);
  }

  /** Stops Prometheus and removes its folder. */
  async destroy(): Promise<void> {
    const prometheus = this.#prometheus;
    if (prometheus !== undefined && prometheus.exitCode === null && prometheus.signalCode === null) {
      const exit = once(prometheus, 'exit');
      prometheus.kill('SIGTERM');
      await exit;
    }
    rmSync(this.folder, { recursive: true });
  }
}
