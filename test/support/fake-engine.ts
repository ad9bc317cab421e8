import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A container of the fake engine, and what is wrong with its readings. */
export interface FakeContainer {
  readonly name: string;
  /** CPU in % of one core. */
  readonly cpuPercent?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly memoryLimit?: number;
  readonly pids?: number;
  /** Listed only when all containers are asked for. */
  readonly isStopped?: boolean;
  readonly fault?: 'hangs' | 'is cut off' | 'is gone' | 'fails';
}

/** What the fake engine answers. */
export interface FakeBehaviour {
  readonly os?: 'linux' | 'windows';
  readonly containers?: readonly FakeContainer[];
  /** Answers every request in place of the engine's own answer. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Never answers requests whose path matches. */
  readonly hang?: RegExp;
  /** Answers these requests 403, as a proxy does that lets only some calls through. */
  readonly refuse?: (request: IncomingMessage) => boolean;
}

/** The one version of the API that the fake engine speaks: the CLI must agree to it. */
const API_VERSION = '1.41';

/** A small HTTP server on a Unix socket that answers a docker CLI like an engine, with crafted figures and faults. */
export class FakeEngine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fake-engine-'));
  readonly #server: Server;
  readonly host = `unix://${this.#folder}/docker.sock`;
  behaviour: FakeBehaviour = {};

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
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

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { os = 'linux', containers = [], answer, hang, refuse } = this.behaviour;
    const [, version = API_VERSION, path = ''] = /^(?:\/v(\d\.\d+))?(.*)/.exec(request.url ?? '') ?? [];
    if (hang?.test(path)) return;
    if (refuse?.(request)) return json(response, { message: 'refused' }, 403);
    if (answer !== undefined) {
      answer(request, response);
      return;
    }
    // The CLI reads the daemon's operating system from these.
    response.setHeader('Server', `Docker/20.10.24 (${os})`);
    response.setHeader('Ostype', os);
    response.setHeader('Api-Version', API_VERSION);
    if (version !== API_VERSION) json(response, { message: `client version ${version} is too new` }, 400);
    else if (path === '/_ping') response.end('OK');
    else if (path === '/version')
      json(response, { Version: '20.10.24-fake', ApiVersion: API_VERSION, MinAPIVersion: API_VERSION });
    else if (path.startsWith('/containers/json')) json(response, listOf(containers, path.includes('all=1')));
    else if (path.startsWith('/events')) response.writeHead(200).flushHeaders();
    else this.#answerStats(path, os, response);
  }

  #answerStats(path: string, os: string, response: ServerResponse): void {
    const [, prefix = 'none'] = /^\/containers\/(\w+)\/stats/.exec(path) ?? [];
    const { containers = [] } = this.behaviour;
    const index = containers.findIndex((_container, n) => idOf(n).startsWith(prefix));
    const container = containers[index];
    if (container === undefined) return json(response, { message: 'page not found' }, 404);
    const text = JSON.stringify(statsOf(container, idOf(index), os));
    switch (container.fault) {
      case 'hangs':
        return undefined;
      case 'is gone':
        return json(response, { message: `No such container: ${idOf(index)}` }, 404);
      case 'fails':
        return json(response, { message: 'cannot read the cgroup' }, 500);
      case 'is cut off':
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length });
        response.write(text.slice(0, text.length / 2), () => response.destroy());
        return undefined;
      case undefined:
        return json(response, statsOf(container, idOf(index), os));
    }
  }
}

/** The id of the nth container. */
export function idOf(n: number): string {
  return (n + 1).toString(16).padStart(2, '0').repeat(32);
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function listOf(containers: readonly FakeContainer[], withStopped: boolean): object[] {
  return containers.flatMap(({ name, isStopped = false }, n) => {
    if (isStopped && !withStopped) return [];
    const [State, Status] = isStopped ? ['exited', 'Exited (0) 1 second ago'] : ['running', 'Up 1 second'];
    return [{ Id: idOf(n), Names: [`/${name}`], Image: 'fake', State, Status }];
  });
}

/** Two readings as the engine gives them, a second apart on a machine of one core. */
function statsOf(container: FakeContainer, id: string, os: string): object {
  const { name, cpuPercent = 0, memory = 2 ** 20, memoryLimit = 2 ** 30, pids = 1 } = container;
  const windows = { privateworkingset: Math.round(memory) };
  return {
    id,
    name: `/${name}`,
    read: '2026-01-01T00:00:02Z',
    preread: '2026-01-01T00:00:01Z',
    num_procs: os === 'windows' ? 1 : 0,
    cpu_stats: cpu(5 + cpuPercent / 100, 11),
    precpu_stats: cpu(5, 10),
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

/** CPU time of a container and of the machine since their starts, in seconds; docker counts nanoseconds. */
function cpu(containerSeconds: number, machineSeconds: number): object {
  const used = containerSeconds * 1e9;
  return {
    cpu_usage: { total_usage: used, percpu_usage: [used] },
    system_cpu_usage: machineSeconds * 1e9,
    online_cpus: 1,
  };
}
