import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { CommandError } from '../../../src/command/command.error.js';
import { type Command, type CommandResult, CommandRunner } from '../../../src/command/command-runner.js';
import { placeholderRow, psRow, row } from '../../support/docker/docker-rows.js';

/** A container of the {@link SimulatedDocker}. */
export interface SimulatedContainer {
  readonly name: string;
  readonly project: string;
  readonly service: string;
  readonly image: string;
  /** In %: 100 is one core. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly limitMiB: number;
  /** As `docker stats` prints it. */
  readonly network: string;
  readonly pids: number;
  /** As `docker ps` prints it. */
  readonly status: string;
  /** Without figures, docker prints `--`. */
  readonly hasFigures: boolean;
}

const NO_DAEMON =
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';

/** A docker CLI without processes. A test changes its containers and its failures while the service runs. */
export class SimulatedDocker extends CommandRunner {
  /** How often `docker stats` was run. */
  statsRuns = 0;
  /** Whether the daemon runs. */
  isUp = true;
  /** Called at the start of each run of `docker stats`. */
  onStats: (() => void) | undefined;
  /** While it is pending, `docker stats` prints nothing. */
  #figures: Promise<unknown> = Promise.resolve();
  readonly #containers = new Map<string, SimulatedContainer>();
  readonly #hosts = new Map<string, SimulatedDocker>();

  /** Returns the docker of the host at this address. Hosts that no test asks for have the containers of this one. */
  getHost(address: string): SimulatedDocker {
    const host = this.#hosts.get(address) ?? new SimulatedDocker();
    this.#hosts.set(address, host);
    return host;
  }

  /** Starts containers, or changes those with these names. */
  set(...containers: (Partial<SimulatedContainer> & { readonly name: string })[]): void {
    for (const values of containers) {
      this.#containers.set(values.name, { ...DEFAULTS, ...this.#containers.get(values.name), ...values });
    }
  }

  stop(name: string): void {
    this.#containers.delete(name);
  }

  /** Lets `docker stats` wait until the returned function is called. */
  holdFigures(): () => void {
    const held = new AbortController();
    this.#figures = once(held.signal, 'abort');
    return () => held.abort();
  }

  override async run(command: Command): Promise<CommandResult> {
    const { args, env, signal } = command;
    const host = this.#hosts.get(env['DOCKER_HOST'] ?? '');
    if (host !== undefined) return host.run({ ...command, env: {} });
    const [subcommand, option] = args;
    if (subcommand === 'stats') {
      this.statsRuns++;
      this.onStats?.();
      await this.#figures;
    }
    if (signal?.aborted) throw new CommandError('command_aborted', 'docker was aborted');
    const ended = { signal: null, durationMs: 1, timedOut: false };
    const output = this.isUp
      ? { exitCode: 0, stdout: this.#print(subcommand, option), stderr: '' }
      : { exitCode: 1, stdout: '', stderr: NO_DAEMON };
    return { ...ended, ...output };
  }

  #print(subcommand = '', option = ''): string {
    const containers = [...this.#containers.values()];
    if (option === '--quiet') return containers.map(({ name }) => `${idOf(name).slice(0, 12)}\n`).join('');
    if (subcommand === 'stats') return containers.map(formatRow).join('');
    if (subcommand === 'ps') return containers.map(formatPsRow).join('');
    return '28.2.2,Engine,containerd,runc,docker-init\n';
  }
}

const DEFAULTS = {
  project: 'shop',
  service: 'web',
  image: 'nginx:1.29',
  cpu: 1,
  memoryMiB: 64,
  limitMiB: 512,
  network: '1.02kB / 0B',
  pids: 7,
  status: 'Up 5 minutes',
  hasFigures: true,
};

/** The id of the container with this name. */
export function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

function formatRow(container: SimulatedContainer): string {
  const { name, cpu, memoryMiB, limitMiB, network, pids, hasFigures } = container;
  const id = idOf(name);
  if (!hasFigures) return placeholderRow(id.slice(0, 12));
  return row({
    ID: id,
    Container: id.slice(0, 12),
    Name: name,
    CPUPerc: `${cpu.toFixed(2)}%`,
    MemUsage: `${memoryMiB}MiB / ${limitMiB}MiB`,
    NetIO: network,
    PIDs: String(pids),
    MemPerc: `${((memoryMiB / limitMiB) * 100).toFixed(2)}%`,
  });
}

function formatPsRow({ name, project, service, image, status }: SimulatedContainer): string {
  return psRow({
    ID: idOf(name),
    Names: name,
    Image: image,
    Status: status,
    'com.docker.compose.project': project,
    'com.docker.compose.service': service,
  });
}
