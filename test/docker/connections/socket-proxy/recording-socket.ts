import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toSocketPath } from '../../../support/engines/unix-http.js';

const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r$/gm;

/** A Unix socket in front of an engine. It forwards everything and records the bytes sent to the engine. */
export class RecordingSocket {
  readonly #folder = mkdtempSync(join(tmpdir(), 'recording-'));
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly host = `unix://${this.#folder}/docker.sock`;
  /** All bytes sent to the engine. */
  recorded = '';

  constructor(engineHost: string) {
    this.#server = createServer((client) => {
      const engine = connect(toSocketPath(engineHost));
      client.on('data', (chunk) => (this.recorded += chunk.toString('latin1')));
      client.pipe(engine).pipe(client);
      for (const socket of [client, engine]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          engine.destroy();
        });
      }
    });
  }

  /** The number of open connections. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** The recorded calls without duplicates, as `docs/socket-proxy.md` writes them. */
  get calls(): string[] {
    const lines = [...this.recorded.matchAll(REQUEST_LINE)];
    return [...new Set(lines.map(([, method, url]) => formatCall(method, url)))].toSorted();
  }

  async start(): Promise<void> {
    this.#server.listen(toSocketPath(this.host));
    await once(this.#server, 'listening');
  }

  destroy(): void {
    this.#server.close();
    this.#sockets.forEach((socket) => socket.destroy());
    rmSync(this.#folder, { recursive: true });
  }
}

/** Formats a call as `docs/socket-proxy.md` writes it, without details that differ between containers or CLIs. */
export function formatCall(method = '', url = ''): string {
  const path = url
    .replace(/^\/v1\.\d+\//, '/v1.N/')
    .replace(/\/[\da-f]{12,64}\//, '/ID/')
    .replace(/\/events\?.*/, '/events') // the filter always selects container events
    .replace('&limit=0', '') // means no limit
    .replace('stream=false', 'stream=0');
  return `${method} ${path}`;
}
