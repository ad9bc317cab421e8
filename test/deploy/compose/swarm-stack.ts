import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { readSteps, STACK } from '../../support/compose/compose-files.js';
import type { DockerEngine } from '../../support/engines/docker-engine.js';
import { toSocketPath } from '../../support/engines/unix-http.js';

const run = promisify(execFile);

const NAME = 'stats';

/** A copy of the folder `deploy`, whose stack runs on a swarm with a private engine as its only node. */
export class SwarmStack {
  readonly #folder = mkdtempSync(join(tmpdir(), 'swarm-'));
  readonly #stackFolder = join(this.#folder, dirname(STACK));

  /** `group`: the id of the group that can use the socket of the engine. */
  constructor(
    private readonly engine: DockerEngine,
    private readonly image: string,
    private readonly group: number,
  ) {
    cpSync('deploy', join(this.#folder, 'deploy'), { recursive: true });
    // The file has no variable for the socket: the nodes of a swarm have it at its usual place.
    const file = join(this.#folder, STACK);
    const stack = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      stack.replace('source: /var/run/docker.sock', `source: ${toSocketPath(engine.host)}`),
    );
  }

  /** Runs the command in the comment of the file that creates a key. Returns its output. */
  async createKey(): Promise<string> {
    const step = readSteps(join(this.#folder, STACK)).find((line) => line.startsWith('docker run '));
    return this.#run(['sh', '-ec', step?.replace('IMAGE', this.image) ?? 'exit 1'], {});
  }

  /** Appends a line to the file of the API keys. */
  addKey(line: string): void {
    appendFileSync(join(this.#stackFolder, 'api_keys'), `${line}\n`);
  }

  /** Deploys the stack, with variables such as `KEYS_VERSION`. The engine must be the manager of a swarm. */
  async deploy(variables: Readonly<Record<string, string>> = {}): Promise<void> {
    const command = ['docker', 'stack', 'deploy', '--resolve-image', 'never', '-c', 'stack.yaml', NAME];
    await this.#run(command, { ...variables, DOCKER_GID: String(this.group), IMAGE: this.image });
  }

  /** Returns the ids of the running containers of a service. */
  async listContainers(service: string): Promise<string[]> {
    const filter = `label=com.docker.swarm.service.name=${NAME}_${service}`;
    return (await this.engine.docker('ps', '--quiet', '--no-trunc', '--filter', filter))
      .split('\n')
      .filter(Boolean);
  }

  /** Returns what `docker inspect` prints for the only container of a service, with a template. */
  async inspect(service: string, template: string): Promise<string> {
    return this.engine.docker('inspect', '--format', template, ...(await this.listContainers(service)));
  }

  /** Removes the stack, waits until its containers have stopped, and removes the folder. */
  async destroy(): Promise<void> {
    await this.engine.docker('stack', 'rm', NAME);
    await vi.waitFor(
      async () => {
        const ids = await this.engine.docker(
          'ps',
          '--quiet',
          '--filter',
          `label=com.docker.stack.namespace=${NAME}`,
        );
        if (ids !== '') throw new Error('the containers of the stack still run');
      },
      { timeout: 30_000, interval: 300 },
    );
    rmSync(this.#folder, { recursive: true });
  }

  async #run(command: readonly string[], variables: Readonly<Record<string, string>>): Promise<string> {
    const { PATH, HOME } = process.env;
    const [program = '', ...args] = command;
    const env = { PATH, HOME, DOCKER_HOST: this.engine.host, ...variables };
    const { stdout } = await run(program, args, { cwd: this.#stackFolder, env });
    return stdout.trim();
  }
}
