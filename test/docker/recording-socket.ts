import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { socketOf } from './unix-http.js';

const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r$/gm;

/** A Unix socket in front of an engine's: passes everything on, and keeps what was said to the engine. */
export class RecordingSocket {
  readonly #folder = mkdtempSync(join(tmpdir(), 'recording-'));
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly host = `unix://${this.#folder}/docker.sock`;
  /** Every byte that the engine was sent. */
  heard = '';

  constructor(engineHost: string) {
    this.#server = createServer((client) => {
      const engine = connect(socketOf(engineHost));
      client.on('data', (chunk) => (this.heard += chunk.toString('latin1')));
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

  /** Connections that somebody holds open. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** The calls heard, each once, in the words of `docs/socket-proxy.md`. */
  get calls(): string[] {
    const lines = [...this.heard.matchAll(REQUEST_LINE)];
    return [...new Set(lines.map(([, method, url]) => callOf(method, url)))].toSorted();
  }

  async start(): Promise<void> {
    this.#server.listen(socketOf(this.host));
    await once(this.#server, 'listening');
  }

  destroy(): void {
    this.#server.close();
    this.#sockets.forEach((socket) => socket.destroy());
    rmSync(this.#folder, { recursive: true });
  }
}

/** A call as `docs/socket-proxy.md` writes it: without what differs between containers, and between CLIs. */
export function callOf(method = '', url = ''): string {
  const path = url
    .replace(/^\/v1\.\d+\//, '/v1.N/')
    .replace(/\/[\da-f]{12,64}\//, '/ID/')
    .replace(/\/events\?.*/, '/events') // always the events of containers
    .replace('&limit=0', '') // no limit
    .replace('stream=false', 'stream=0');
  return `${method} ${path}`;
}
