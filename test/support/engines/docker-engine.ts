import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { IMAGE, packBusybox } from './busybox-image.js';
import { findProcesses } from '../processes/processes.js';

const run = promisify(execFile);

/** How a private engine differs from one without networks. */
export interface EngineOptions {
  /** The engine has a network namespace of its own, in which it can create networks and publish ports. */
  readonly hasNetwork?: boolean;
  /** The id of the group that can use the socket; by default, that of the group `docker`. */
  readonly group?: number;
  /** Also listens on TCP, with TLS; clients need a certificate. */
  readonly tls?: TlsListener;
  /** The parent of its containers' cgroups. Two engines with the same containers must not share it. */
  readonly cgroupParent?: string;
}

/** A TCP port of the loopback address, and the paths of the files for TLS. */
export interface TlsListener {
  readonly port: number;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const NO_NETWORK = ['--iptables=false', '--ip6tables=false', '--bridge=none'];

/** A private Docker engine. All its state is in a temporary folder. Needs root. */
export class DockerEngine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'engine-'));
  readonly host = `unix://${this.#folder}/docker.sock`;
  #dockerd: ChildProcess | undefined;

  constructor(private readonly options: EngineOptions = {}) {}

  /** Starts dockerd, waits until it responds, and imports the busybox image if it is missing. */
  async start(): Promise<void> {
    const folder = this.#folder;
    const log = openSync(join(folder, 'dockerd.log'), 'a');
    const { hasNetwork = false, group, tls, cgroupParent } = this.options;
    const access = group === undefined ? [] : ['--group', String(group)];
    const cgroup = cgroupParent === undefined ? [] : ['--cgroup-parent', cgroupParent];
    const network = hasNetwork ? [] : NO_NETWORK;
    const state = [
      '--data-root',
      `${folder}/data`,
      '--exec-root',
      `${folder}/exec`,
      '-p',
      `${folder}/docker.pid`,
    ];
    const tcp = tls === undefined ? [] : listenWithTls(tls);
    const command = ['dockerd', ...network, ...state, ...access, ...cgroup, '-H', this.host, ...tcp];
    const [program = '', ...args] = hasNetwork ? inNewNetwork(command) : command;
    this.#dockerd = spawn(program, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    await vi.waitFor(() => this.docker('version'), { timeout: 30_000, interval: 100 });
    await this.docker('image', 'inspect', IMAGE).catch(() => this.#importImage());
  }

  /** Copies the state of another engine, as cloning its machine does: the containers have the same ids. Both must be stopped. */
  async copyState(other: DockerEngine): Promise<void> {
    await run('cp', ['-a', `${other.#folder}/data`, `${this.#folder}/data`]);
  }

  /** The ids of the daemon's processes: dockerd, containerd, and one for each container. */
  get pids(): number[] {
    return findProcesses(this.#folder);
  }

  /** Returns a command that runs another one in the network of this engine. */
  inNetwork(command: readonly string[]): string[] {
    return ['nsenter', '--net', '--target', String(this.#dockerd?.pid), ...command];
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
    // A killed dockerd, a swarm, and containers with the network of the host leave mounts.
    for (const mount of findMounts(this.#folder)) await run('umount', ['-l', mount]).catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #importImage(): Promise<void> {
    await this.docker('import', await packBusybox(this.#folder), IMAGE);
  }
}

function listenWithTls({ port, ca, cert, key }: TlsListener): string[] {
  const files = ['--tlsverify', '--tlscacert', ca, '--tlscert', cert, '--tlskey', key];
  return [...files, '-H', `tcp://127.0.0.1:${port}`];
}

/** Returns a command that runs another one in a new network namespace. */
function inNewNetwork(command: readonly string[]): string[] {
  const script = 'busybox ip link set lo up && exec "$@"';
  return ['unshare', '--net', 'sh', '-c', script, 'sh', ...command];
}

/** Returns the mounts in a folder, the innermost first. */
function findMounts(folder: string): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').matchAll(/^\S+ (\S+) /gm);
  return [...mounts]
    .map(([, path = '']) => path)
    .filter((path) => path.startsWith(`${folder}/`))
    .toReversed();
}

function isRunning(process: ChildProcess): boolean {
  return process.exitCode === null && process.signalCode === null;
}
