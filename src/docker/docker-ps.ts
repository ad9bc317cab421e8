import { Logger } from '@nestjs/common';
import { StatsSourceError } from '../sampling/stats-source.error.js';
import type { DockerCli, DockerRunLimits } from './cli/docker-cli.js';
import { createTimeoutError } from './cli/docker-failures.js';
import { type ContainerDetails, ContainerList, UNKNOWN_DETAILS } from './parsers/container-list.js';
import { parseDockerPs, PS_TEMPLATE } from './parsers/parse-docker-ps.js';

/** `docker stats --all` prints stopped containers, too. Their status tells them apart from those that are starting. */
const ARGS = ['ps', '--all', '--no-trunc', '--format', PS_TEMPLATE];

/** Lists containers, and remembers them for the case that `docker ps` fails later. */
export class DockerPs {
  readonly #logger = new Logger(DockerPs.name);
  #latest = new ContainerList();

  constructor(private readonly docker: DockerCli) {}

  /**
   * Lists all containers; `undefined` if docker prints something else.
   *
   * @throws {StatsSourceError} if docker fails
   */
  async list(limits: DockerRunLimits): Promise<ContainerList | undefined> {
    const result = await this.docker.run(ARGS, limits);
    if (result.timedOut) throw createTimeoutError(limits.timeoutMs);
    const list = await parseDockerPs(result.stdout);
    if (list !== undefined) this.#latest = list;
    return list;
  }

  /** Like {@link list}, but also returns `undefined` if docker fails. */
  async tryList(limits: DockerRunLimits): Promise<ContainerList | undefined> {
    try {
      return await this.list(limits);
    } catch (error) {
      if (!(error instanceof StatsSourceError)) throw error;
      this.#logger.debug(`docker ps: ${error.logMessage}`);
      return undefined;
    }
  }

  /** Returns the details of a container. If `list` does not have it, the earlier ones that never change. */
  getDetails(id: string, list: ContainerList | undefined): ContainerDetails {
    const listed = list?.find(id);
    if (listed !== undefined) return listed.details;
    return { ...(this.#latest.find(id)?.details ?? UNKNOWN_DETAILS), state: null, health: null };
  }
}
