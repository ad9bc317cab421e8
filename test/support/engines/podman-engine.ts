import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { IMAGE, packBusybox } from './busybox-image.js';

const run = promisify(execFile);

/** A private Podman with its Docker-compatible API. All its state is in a temporary folder. Needs root. */
export class PodmanEngine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'podman-'));
  /** The `DOCKER_HOST` of its API. */
  readonly host = `unix://${this.#folder}/podman.sock`;
  /** The path of its CLI. */
  readonly program = join(this.#folder, 'podman');
  #service: ChildProcess | undefined;

  /** Imports the busybox image, starts the API and waits until it responds. */
  async start(): Promise<void> {
    const folders = ['root', 'runroot', 'tmpdir'].map((name) => `--${name} ${this.#folder}/${name}`);
    const options = `${folders.join(' ')} --storage-driver vfs --cgroup-manager cgroupfs --events-backend none`;
    writeFileSync(this.program, `#!/bin/sh\nexec podman ${options} "$@"\n`, { mode: 0o755 });
    await this.podman('import', await packBusybox(this.#folder), IMAGE);
    this.#service = spawn(this.program, ['system', 'service', '--time=0', this.host], { stdio: 'ignore' });
    await vi.waitFor(() => run('docker', ['-H', this.host, 'version']), { timeout: 10_000, interval: 100 });
  }

  /** Runs its CLI. Returns the trimmed stdout. */
  async podman(...args: string[]): Promise<string> {
    const { stdout } = await run(this.program, args);
    return stdout.trim();
  }

  /** Starts a container without a network. */
  async runContainer(name: string, script: string): Promise<void> {
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096']; // Podman's defaults may exceed the limits of this process
    await this.podman('run', '-d', '--network', 'none', ...limits, '--name', name, IMAGE, 'sh', '-c', script);
  }

  /** Stops the API and the containers, and removes the state. */
  async destroy(): Promise<void> {
    await this.podman('rm', '--all', '--force', '--time', '0');
    if (this.#service !== undefined) {
      const exit = once(this.#service, 'exit');
      this.#service.kill();
      await exit;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
