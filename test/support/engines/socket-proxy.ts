import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { toSocketPath } from './unix-http.js';

/** The socket proxy in `deploy/socket-proxy`, in front of an engine. */
export class SocketProxy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'socket-proxy-'));
  readonly host = `unix://${this.#folder}/docker.sock`;
  /** The log of HAProxy. */
  log = '';
  #haproxy: ChildProcess | undefined;

  constructor(private readonly engineHost: string) {}

  /** Starts HAProxy and waits until it listens. */
  async start(): Promise<void> {
    this.#haproxy = spawn('haproxy', ['-f', 'deploy/socket-proxy/haproxy.cfg'], {
      env: {
        PATH: process.env['PATH'],
        DOCKER_SOCKET: toSocketPath(this.engineHost),
        PROXY_SOCKET: toSocketPath(this.host),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#haproxy.stdout?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    await vi.waitFor(() => accessSync(toSocketPath(this.host)), { timeout: 5000 });
  }

  async destroy(): Promise<void> {
    const haproxy = this.#haproxy;
    if (haproxy !== undefined && haproxy.exitCode === null && haproxy.signalCode === null) {
      const exit = once(haproxy, 'exit');
      haproxy.kill('SIGTERM');
      await exit;
    }
    rmSync(this.#folder, { recursive: true });
  }
}
