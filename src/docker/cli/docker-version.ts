import { StatsSourceError } from '../../sampling/stats-source.error.js';
import { DockerCli } from './docker-cli.js';
import { DAEMON_LOST, createTimeoutError, createPodmanError } from './docker-failures.js';

/**
 * The cheapest command that needs the daemon: `docker --version` does not ask it, and `docker info` exits with 0 without it.
 * The names of the components distinguish Podman, which implements Docker's API, from Docker. Some engines list none.
 */
const ARGS = ['version', '--format', '{{.Server.Version}}{{range .Server.Components}},{{.Name}}{{end}}'];

/** Far more than the command prints. */
const MAX_OUTPUT_BYTES = 65_536;

/** Log lines and public responses contain the version, so the text must look like one. */
const VERSION = /^[\w.:+~-]{1,64}$/;

/** Reads the version of the engine, and rejects engines whose figures are wrong. */
export class DockerVersion {
  #running: Promise<string> | undefined;

  constructor(private readonly docker: DockerCli) {}

  /**
   * Returns the version of a supported engine. Runs one process at a time: concurrent calls share its result.
   *
   * @throws {StatsSourceError} when the daemon returns no version, or is Podman
   */
  read(timeoutMs: number): Promise<string> {
    this.#running ??= this.#run(timeoutMs).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(timeoutMs: number): Promise<string> {
    const result = await this.docker.run(ARGS, { timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES });
    if (result.timedOut) throw createTimeoutError(timeoutMs);
    const [version = '', ...components] = result.stdout.trim().split(',');
    if (!VERSION.test(version)) throw new StatsSourceError(DAEMON_LOST, 'Docker returned no server version');
    if (components.includes('Podman Engine')) throw createPodmanError(version);
    return version;
  }
}
