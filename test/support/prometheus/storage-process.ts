import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../http/free-port.js';

/** The storages, with their options. */
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

export type StorageProgram = keyof typeof OPTIONS;

/** A real Prometheus or VictoriaMetrics, which can be stopped and started again on the same port with the same data. */
export class StorageProcess {
  /** The folder with its configuration and data. */
  readonly folder = mkdtempSync(join(tmpdir(), 'storage-'));
  readonly #data = join(this.folder, 'data');
  readonly #config = join(this.folder, 'prometheus.yml');
  #address: string | undefined;
  #process: ChildProcess | undefined;

  constructor(
    private readonly program: StorageProgram,
    private readonly options: readonly string[] = [],
  ) {}

  get url(): string {
    return `http://${this.#address}`;
  }

  /** Starts the program in the background; the first time with the text of a configuration. */
  async start(configuration?: string): Promise<void> {
    if (configuration !== undefined) writeFileSync(this.#config, configuration);
    this.#address ??= `127.0.0.1:${await findFreePort()}`;
    const args = [...OPTIONS[this.program](this.#config, this.#data, this.#address), ...this.options];
    this.#process = spawn(this.program, args, { stdio: 'ignore' });
  }

  /** SIGSTOP freezes it, SIGCONT wakes it up. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const exit = once(running, 'exit');
    running.kill(signal);
    await exit;
  }

  /** Removes all that it stored. It must be stopped. */
  removeData(): void {
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** Stops it and removes its folder. */
  async destroy(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
