import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A container of the fake engine. */
export interface FakeContainer {
  readonly name: string;
  /** CPU usage in % of one core. */
  readonly cpuPercent?: number;
  /** In bytes. */
  readonly memory?: number;
  readonly memoryLimit?: number;
  readonly pids?: number;
  /** Listed only with `all=1`. */
  readonly isStopped?: boolean;
  /** How the request for the stats of this container fails. */
  readonly failure?: 'hangs' | 'is aborted' | 'is gone' | 'fails';
}

/** How the fake engine responds. */
export interface FakeBehaviour {
  readonly os?: 'linux' | 'windows';
  readonly containers?: readonly FakeContainer[];
  /** If set, handles every request instead of the fake engine. */
  readonly respond?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Requests whose path matches get no response. */
  readonly hang?: RegExp;
  /** Requests for which this returns true get 403, as from a proxy. */
  readonly refuse?: (request: IncomingMessage) => boolean;
}

/** The only API version that the fake engine supports; the CLI must negotiate it. */
const API_VERSION = '1.41';

/** An HTTP server on a Unix socket that acts as a Docker engine, with chosen values and failures. */
export class FakeEngine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fake-engine-'));
  readonly #server: Server;
  readonly host = `unix://${this.#folder}/docker.sock`;
  behaviour: FakeBehaviour = {};

  constructor() {
    this.#server = createServer((request, response) => this.#respond(request, response));
  }

  async start(): Promise<void> {
    this.#server.listen(join(this.#folder, 'docker.sock'));
    await once(this.#server, 'listening');
  }

  destroy(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.#folder, { recursive: true });
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    const { os = 'linux', containers = [], respond, hang, refuse } = this.behaviour;
    const [, version = API_VERSION, path = ''] = /^(?:\/v(\d\.\d+))?(.*)/.exec(request.url ?? '') ?? [];
    if (hang?.test(path)) return;
    if (refuse?.(request)) return sendJson(response, { message: 'refused' }, 403);
    if (respond !== undefined) {
      respond(request, response);
      return;
    }
    // The CLI reads the operating system of the daemon from these headers.
    response.setHeader('Server', `Docker/20.10.24 (${os})`);
    response.setHeader('Ostype', os);
    response.setHeader('Api-Version', API_VERSION);
    if (version !== API_VERSION) sendJson(response, { message: `client version ${version} is too new` }, 400);
    else if (path === '/_ping') response.end('OK');
    else if (path === '/version')
      sendJson(response, { Version: '20.10.24-fake', ApiVersion: API_VERSION, MinAPIVersion: API_VERSION });
    else if (path.startsWith('/containers/json'))
      sendJson(response, formatList(containers, path.includes('all=1')));
    else if (path.startsWith('/events')) response.writeHead(200).flushHeaders();
    else this.#respondStats(path, os, response);
  }

  #respondStats(path: string, os: string, response: ServerResponse): void {
    const [, prefix = 'none'] = /^\/containers\/(\w+)\/stats/.exec(path) ?? [];
    const { containers = [] } = this.behaviour;
    const index = containers.findIndex((_container, n) => formatContainerId(n).startsWith(prefix));
    const container = containers[index];
    if (container === undefined) return sendJson(response, { message: 'page not found' }, 404);
    const text = JSON.stringify(formatStats(container, formatContainerId(index), os));
    switch (container.failure) {
      case 'hangs':
        return undefined;
      case 'is gone':
        return sendJson(response, { message: `No such container: ${formatContainerId(index)}` }, 404);
      case 'fails':
        return sendJson(response, { message: 'cannot read the cgroup' }, 500);
      case 'is aborted':
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length });
        response.write(text.slice(0, text.length / 2), () => response.destroy());
        return undefined;
      case undefined:
        return sendJson(response, formatStats(container, formatContainerId(index), os));
    }
  }
}

/** Returns the id of the container at this index. */
export function formatContainerId(n: number): string {
  return (n + 1).toString(16).padStart(2, '0').repeat(32);
}

function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function formatList(containers: readonly FakeContainer[], withStopped: boolean): object[] {
  return containers.flatMap(({ name, isStopped = false }, n) => {
    if (isStopped && !withStopped) return [];
    const [State, Status] = isStopped ? ['exited', 'Exited (0) 1 second ago'] : ['running', 'Up 1 second'];
    return [{ Id: formatContainerId(n), Names: [`/${name}`], Image: 'fake', State, Status }];
  });
}

/** The body of `GET /containers/ID/stats`: two measurements, one second apart, on a machine with one core. */
function formatStats(container: FakeContainer, id: string, os: string): object {
  const { name, cpuPercent = 0, memory = 2 ** 20, memoryLimit = 2 ** 30, pids = 1 } = container;
  const windows = { privateworkingset: Math.round(memory) };
  return {
    id,
    name: `/${name}`,
    read: '2026-01-01T00:00:02Z',
    preread: '2026-01-01T00:00:01Z',
    num_procs: os === 'windows' ? 1 : 0,
    cpu_stats: formatCpu(5 + cpuPercent / 100, 11),
    precpu_stats: formatCpu(5, 10),
    memory_stats: os === 'windows' ? windows : { usage: memory, limit: memoryLimit, stats: {} },
    networks: { eth0: { rx_bytes: 1020, tx_bytes: 999_600 } },
    blkio_stats: {
      io_service_bytes_recursive: [
        { op: 'Read', value: 4096 },
        { op: 'Write', value: 1e9 },
      ],
    },
    storage_stats: { read_size_bytes: 4096, write_size_bytes: 1e9 },
    pids_stats: { current: pids },
  };
}

/** The CPU time of a container and of the machine since their start, in the nanoseconds that Docker uses. */
function formatCpu(containerSeconds: number, machineSeconds: number): object {
  const used = containerSeconds * 1e9;
  return {
    cpu_usage: { total_usage: used, percpu_usage: [used] },
    system_cpu_usage: machineSeconds * 1e9,
    online_cpus: 1,
  };
}
