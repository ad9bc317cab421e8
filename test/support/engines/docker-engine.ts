import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { IMAGE, packBusybox } from './busybox-image.js';
import { findProcesses } from '../processes/processes.js';

const run = promisify(execFile);

/** A private Docker engine. All its state is in a temporary folder. Needs root. */
export class DockerEngine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'engine-'));
  readonly host = `unix://${this.#folder}/docker.sock`;
  #dockerd: ChildProcess | undefined;

  /** Starts dockerd, waits until it responds, and imports the busybox image if it is missing. */
  async start(): Promise<void> {
    const folder = this.#folder;
    const log = openSync(join(folder, 'dockerd.log'), 'a');
    const network = ['--iptables=false', '--ip6tables=false', '--bridge=none'];
    const state = [
      '--data-root',
      `${folder}/data`,
      '--exec-root',
      `${folder}/exec`,
      '-p',
      `${folder}/docker.pid`,
    ];
    this.#dockerd = spawn('dockerd', [...network, ...state, '-H', this.host], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await vi.waitFor(() => this.docker('version'), { timeout: 30_000, interval: 100 });
    await this.docker('image', 'inspect', IMAGE).catch(() => this.#importImage());
  }

  /** The ids of the daemon's processes: dockerd, containerd, and one for each container. */
  get pids(): number[] {
    return findProcesses(this.#folder);
  }

  /** Runs the docker CLI against this engine. Returns the trimmed stdout. */
  async docker(...args: string[]): Promise<string> {
    const { stdout } = await run('docker', ['-H', this.host, ...args]);
    return stdout.trim();
  }

  /** Starts a container without a network. Returns its id. */
  async runContainer(name: string, script: string, ...options: string[]): Promise<string> {
    const args = ['run', '-d', '--network', 'none', '--stop-timeout', '1', '--name', name, ...options, IMAGE];
    return this.docker(...args, 'sh', '-c', script);
  }

  /** Sends a signal to the daemon: SIGSTOP freezes it, SIGCONT wakes it up. */
  signal(signal: NodeJS.Signals): void {
    this.#dockerd?.kill(signal);
  }

  /** Stops the daemon. SIGTERM also stops its containers; after SIGKILL they keep running. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const dockerd = this.#dockerd;
    if (dockerd === undefined || !isRunning(dockerd)) return;
    const exit = once(dockerd, 'exit');
    dockerd.kill(signal);
    await exit;
    // Wait for containerd and remove its pid file; otherwise the next dockerd may assume that it is still running.
    await vi.waitFor(() => {
      if (findProcesses(`${this.#folder}/exec/containerd/containerd.toml`).length > 0)
        throw new Error('containerd is still running');
    });
    rmSync(join(this.#folder, 'exec/containerd/containerd.pid'), { force: true });
  }

  /** Stops the engine and its containers, and removes its state. */
  async destroy(): Promise<void> {
    this.signal('SIGCONT');
    if (this.#dockerd === undefined || !isRunning(this.#dockerd)) await this.start();
    const ids = (await this.docker('ps', '-aq')).split('\n').filter(Boolean);
    // A `--rm` container may be removing itself, which makes `rm` fail. Stopping the daemon stops the rest.
    if (ids.length > 0) await this.docker('rm', '-f', ...ids).catch(() => undefined);
    await this.stop();
    // A killed dockerd leaves the first mount, and containers with the network of the host leave the second one.
    for (const mount of ['data', 'exec/netns/default'])
      await run('umount', ['-l', join(this.#folder, mount)]).catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #importImage(): Promise<void> {
    await this.docker('import', await packBusybox(this.#folder), IMAGE);
  }
}

function isRunning(process: ChildProcess): boolean {
  return process.exitCode === null && process.signalCode === null;
}
