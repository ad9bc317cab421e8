import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageProcess, type StorageProgram } from './storage-process.js';

interface ActiveTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
}

/**
 * A Prometheus or VictoriaMetrics that shows which targets a configuration finds. Nothing needs to listen there. Debian's Prometheus has
 * no discovery for Kubernetes.
 */
export class DiscoveringPrometheus {
  readonly #storage: StorageProcess;

  constructor(program: StorageProgram = 'prometheus') {
    this.#storage = new StorageProcess(program);
  }

  /** Starts the program in the background with the text of a configuration. */
  async start(configuration: string): Promise<void> {
    const { folder } = this.#storage;
    writeFileSync(join(folder, 'docker-stats-api.key'), 'key');
    copyFileSync('deploy/prometheus/rules.yml', join(folder, 'rules.yml'));
    await this.#storage.start(configuration);
  }

  /** Returns the address of each target by its label `instance`; `undefined` if it is not ready. */
  async listTargets(): Promise<Record<string, string> | undefined> {
    const response = await fetch(`${this.#storage.url}/api/v1/targets?state=active`).catch(() => undefined);
    if (!response?.ok) return undefined;
    const { data } = (await response.json()) as { data: { activeTargets: readonly ActiveTarget[] } };
    const targets: Record<string, string> = {};
    for (const { labels, scrapeUrl } of data.activeTargets)
      targets[labels['instance'] ?? ''] = /^http:\/\/(.*)\/metrics$/.exec(scrapeUrl)?.[1] ?? scrapeUrl;
    return targets;
  }

  /** Stops the program and removes its folder. */
  async destroy(): Promise<void> {
    await this.#storage.destroy();
  }
}
