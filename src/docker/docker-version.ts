import { StatsSourceError } from '../sampling/stats-source.error.js';
import { DockerCli } from './docker-cli.js';
import { DAEMON_LOST, dockerTimeout, podmanUnsupported } from './docker-failures.js';

/**
 * The one command that asks the daemon, cheaply: `docker --version` never does, `docker info` exits 0 without it. The
 * names of the components tell Podman, which speaks Docker's API, from Docker; some engines list none.
 */
const ARGS = ['version', '--format', '{{.Server.Version}}{{range .Server.Components}},{{.Name}}{{end}}'];

/** Far more than it has to say. */
const MAX_OUTPUT_BYTES = 65_536;

/** A version goes to the log and to callers without a key: nothing but a version may pass for one. */
const VERSION = /^[\w.:+~-]{1,64}$/;

/** Asks the daemon for its version, and whether its figures can be trusted. */
export class DockerVersion {
  #running: Promise<string> | undefined;

  constructor(private readonly docker: DockerCli) {}

  /**
   * The version of a supported engine. One process at a time: who asks while one runs gets its result.
   *
   * @throws {StatsSourceError} when the daemon gives no version, or is Podman
   */
  read(timeoutMs: number): Promise<string> {
    this.#running ??= this.#ask(timeoutMs).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #ask(timeoutMs: number): Promise<string> {
    const result = await this.docker.run(ARGS, { timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES });
    if (result.timedOut) throw dockerTimeout(timeoutMs);
    const [version = '', ...components] = result.stdout.trim().split(',');
    if (!VERSION.test(version)) throw new StatsSourceError(DAEMON_LOST, 'docker version named no server');
    if (components.includes('Podman Engine')) throw podmanUnsupported(version);
    return version;
  }
}
