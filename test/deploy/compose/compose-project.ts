import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readSteps } from '../../support/compose/compose-files.js';
import type { DockerEngine } from '../../support/engines/docker-engine.js';
import { toSocketPath } from '../../support/engines/unix-http.js';

const run = promisify(execFile);

/** A copy of the folder `deploy`, whose compose files run on a private engine. */
export class ComposeProject {
  readonly #folder = mkdtempSync(join(tmpdir(), 'compose-'));
  readonly #composeFolder = join(this.#folder, 'deploy/compose');

  /** `files`: the names of the compose files. `group`: the id of the group that can use the socket of the engine. */
  constructor(
    private readonly engine: DockerEngine,
    private readonly program: string,
    private readonly files: readonly string[],
    group: number,
  ) {
    cpSync('deploy', join(this.#folder, 'deploy'), { recursive: true });
    const socket = toSocketPath(engine.host);
    writeFileSync(join(this.#composeFolder, '.env'), `DOCKER_GID=${group}\nDOCKER_SOCKET=${socket}\n`);
  }

  /** Runs the commands in the comments of the files that create folders, keys and passwords. Returns their output. */
  async createSecrets(): Promise<string> {
    const steps = this.files.flatMap((file) => readSteps(join(this.#composeFolder, file)));
    const script = steps.filter((step) => /^(?:mkdir|docker run|openssl) /.test(step)).join('\n');
    const env = { ...process.env, DOCKER_HOST: this.engine.host };
    const { stdout } = await run('sh', ['-ec', script], { cwd: this.#composeFolder, env });
    return stdout.trim();
  }

  /** Runs Compose. Returns its output. */
  async compose(...args: string[]): Promise<string> {
    const files = this.files.flatMap((file) => ['--file', file]);
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, DOCKER_HOST: this.engine.host };
    const { stdout, stderr } = await run(this.program, [...files, ...args], {
      cwd: this.#composeFolder,
      env,
    });
    return stdout + stderr;
  }

  /** Returns the name of the container of a service. */
  getContainer(service: string): string {
    return `docker-stats-api-${service}-1`;
  }

  /** Returns what `docker inspect` prints for the container of a service, with a template. */
  async inspect(service: string, template: string): Promise<string> {
    return this.engine.docker('inspect', '--format', template, this.getContainer(service));
  }

  /** Runs a program in the container of a service. Rejects if the program fails. */
  async exec(service: string, ...command: string[]): Promise<string> {
    return this.engine.docker('exec', this.getContainer(service), ...command);
  }

  /** Returns `/proc/PID/status` of the first process of a container. */
  async readStatus(service: string): Promise<string> {
    return readFileSync(`/proc/${await this.inspect(service, '{{.State.Pid}}')}/status`, 'utf8');
  }

  /** Appends a line to the file of the API keys. */
  addKey(line: string): void {
    appendFileSync(join(this.#composeFolder, 'secrets/api_keys'), `${line}\n`);
  }

  /** Removes the containers, networks and volumes, and the folder. */
  async destroy(): Promise<void> {
    await this.compose('down', '--volumes', '--timeout', '1');
    rmSync(this.#folder, { recursive: true });
  }
}
