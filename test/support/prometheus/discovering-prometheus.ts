import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../http/free-port.js';

interface ActiveTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
}

/** The programs that find targets, with their options. Debian's Prometheus has no discovery for Kubernetes. */
const OPTIONS = {
  prometheus: (config: string, data: string, address: string): string[] => [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=${address}`,
  ],
  'victoria-metrics': (config: string, data: string, address: string): string[] => [
    `-promscrape.config=${config}`,
    '-promscrape.config.strictParse=false', // it has no rules
    `-storageDataPath=${data}`,
    `-httpListenAddr=${address}`,
  ],
};

/** A Prometheus or VictoriaMetrics that shows which targets a configuration finds. Nothing needs to listen there. */
export class DiscoveringPrometheus {
  readonly #folder = mkdtempSync(join(tmpdir(), 'discovering-prometheus-'));
  #url = '';
  #process: ChildProcess | undefined;

  constructor(private readonly program: keyof typeof OPTIONS = 'prometheus') {}

  /** Starts the program in the background with the text of a configuration. */
  async start(configuration: string): Promise<void> {
    const path = join(this.#folder, 'prometheus.yml');
    writeFileSync(path, configuration);
    writeFileSync(join(this.#folder, 'docker-stats-api.key'), 'key');
    copyFileSync('deploy/prometheus/rules.yml', join(this.#folder, 'rules.yml'));
    const address = `127.0.0.1:${await findFreePort()}`;
    this.#url = `http://${address}`;
    const data = join(this.#folder, 'data');
    this.#process = spawn(this.program, OPTIONS[this.program](path, data, address), { stdio: 'ignore' });
  }

  /** Returns the address of each target by its label `instance`; `undefined` if it is not ready. */
  async listTargets(): Promise<Record<string, string> | undefined> {
    const response = await fetch(`${this.#url}/api/v1/targets?state=active`).catch(() => undefined);
    if (!response?.ok) return undefined;
    const { data } = (await response.json()) as { data: { activeTargets: readonly ActiveTarget[] } };
    const targets: Record<string, string> = {};
    for (const { labels, scrapeUrl } of data.activeTargets)
      targets[labels['instance'] ?? ''] = /^http:\/\/(.*)\/metrics$/.exec(scrapeUrl)?.[1] ?? scrapeUrl;
    return targets;
  }

  /** Stops the program and removes its folder. */
  async destroy(): Promise<void> {
    if (this.#process?.exitCode === null) {
      const exit = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await exit;
    }
    rmSync(this.#folder, { recursive: true });
  }
}
