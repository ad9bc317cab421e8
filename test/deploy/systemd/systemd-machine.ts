import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { getInNamespace, type NamespacedResponse } from '../../support/http/namespaced-get.js';
import { toSocketPath } from '../../support/engines/unix-http.js';

const run = promisify(execFile);

/**
 * systemd as PID 1 in namespaces of its own. It sees this machine's file system; its changes stay in memory. Docker's socket
 * there is the one of a private engine. Needs root.
 */
export class SystemdMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'systemd-'));
  #unshare: ChildProcess | undefined;
  #pid = '';

  constructor(private readonly engineHost: string) {}

  /** Boots systemd and waits until it is idle. */
  async boot(): Promise<void> {
    const script = join(import.meta.dirname, 'boot-systemd.sh');
    const engineFolder = dirname(toSocketPath(this.engineHost));
    const unshare = spawn('sh', [script, this.#folder, engineFolder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#unshare = unshare;
    await vi.waitFor(
      async () => {
        this.#pid = readFileSync(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8').trim();
        await this.run('systemctl is-system-running --wait');
      },
      { timeout: 20_000, interval: 200 },
    );
  }

  /**
   * Runs a shell script as root in the machine, but with the network of the host, so that npm reaches its registry.
   * Returns the trimmed stdout.
   */
  async run(script: string): Promise<string> {
    const namespaces = ['--mount', '--pid', '--uts', '--ipc'];
    const command = ['sh', '-euc', script];
    const { stdout } = await run('nsenter', ['--target', this.#pid, ...namespaces, '--', ...command]);
    return stdout.trim();
  }

  /** Sends a GET request to port 5005 of the machine. */
  get(path: string, key: string, headers: Record<string, string> = {}): Promise<NamespacedResponse> {
    const enter = (command: readonly string[]): string[] => [
      'nsenter',
      '--target',
      this.#pid,
      '--net',
      '--',
      ...command,
    ];
    const sent = { 'X-API-Key': key, Connection: 'close', ...headers };
    return getInNamespace(enter, `http://127.0.0.1:5005${path}`, sent);
  }

  /** Returns properties of a unit, as `systemctl show` prints them. */
  async show(unit: string, ...properties: readonly string[]): Promise<Record<string, string>> {
    const output = await this.run(`systemctl show ${unit} --property ${properties.join(',')}`);
    const entries = output.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]);
    return Object.fromEntries(entries);
  }

  /** Ends all processes of the machine. */
  async destroy(): Promise<void> {
    const unshare = this.#unshare;
    if (unshare !== undefined && unshare.exitCode === null && unshare.signalCode === null) {
      const exit = once(unshare, 'exit');
      unshare.kill('SIGKILL'); // `--kill-child` ends PID 1, and the kernel ends the others
      await exit;
    }
    const name = this.#folder.slice(tmpdir().length + 1);
    const { stdout } = await run('findmnt', ['-n', '-o', 'TARGET', '-t', 'cgroup2']);
    const cgroup = join(stdout.split('\n')[0] ?? '', name);
    await vi.waitFor(() => run('find', [cgroup, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+']));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
