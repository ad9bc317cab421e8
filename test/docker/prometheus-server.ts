import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { freePort } from '../support/free-port.js';

/** How often the service is asked. */
const INTERVAL_S = 3;

/** The answer to a query: one value for each set of labels. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A Prometheus with the files of `deploy/prometheus`, of which the target and the times alone are others. */
export class PrometheusServer {
  /** Where its configuration, its rules, the key and its data are. */
  readonly folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  #url = '';
  #log = '';
  #prometheus: ChildProcess | undefined;

  /** Starts it, with a service to ask and the key to ask it with, and waits until it answers. */
  async start(serviceUrl: string, key: string): Promise<void> {
    const config = readFileSync('deploy/prometheus/prometheus.yml', 'utf8')
      .replace('127.0.0.1:5005', new URL(serviceUrl).host)
      .replace('scrape_interval: 15s', `scrape_interval: ${INTERVAL_S}s\n  evaluation_interval: 1s`)
      .replace('scrape_timeout: 10s', `scrape_timeout: ${INTERVAL_S}s`);
    writeFileSync(join(this.folder, 'prometheus.yml'), config);
    writeFileSync(join(this.folder, 'docker-stats-api.key'), `${key}\n`, { mode: 0o600 });
    copyFileSync('deploy/prometheus/rules.yml', join(this.folder, 'rules.yml'));
    const address = `127.0.0.1:${await freePort()}`;
    this.#url = `http://${address}`;
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
        if (!(await fetch(`${this.#url}/-/ready`)).ok) throw new Error(`not ready:\n${this.#log}`);
      },
      { timeout: 20_000, interval: 100 },
    );
  }

  /** Asks its API, such as `rules`; throws what Prometheus finds wrong. */
  async api<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.#url}/api/v1/${path}`);
    const { status, error, data } = (await answer.json()) as { status: string; error?: string; data: T };
    if (status !== 'success') throw new Error(error);
    return data;
  }

  /** What an expression gives now. */
  async query(expression: string): Promise<readonly Sample[]> {
    const { result } = await this.api<{ result: readonly Sample[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return result;
  }

  /** The one value that an expression gives now; `undefined` where it gives none. */
  async valueOf(expression: string): Promise<number | undefined> {
    const result = await this.query(expression);
    if (result.length > 1) throw new Error(`${result.length} values: ${expression}`);
    return result[0] && Number(result[0].value[1]);
  }

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
