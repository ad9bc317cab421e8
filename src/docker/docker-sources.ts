import { Injectable } from '@nestjs/common';
import { CommandRunner } from '../command/command-runner.js';
import type { DockerHost } from '../config/values/docker-hosts.js';
import { Settings } from '../config/settings.js';
import { Clock } from '../sampling/clock.js';
import { type NamedSource, StatsSources } from '../sampling/stats-source.js';
import { DockerCli } from './cli/docker-cli.js';
import { DockerStatsService } from './docker-stats.service.js';

/** Creates a {@link DockerStatsService} for each host of `DOCKER_HOSTS`, or one for the docker CLI's own settings. */
@Injectable()
export class DockerSources extends StatsSources {
  constructor(
    private readonly commandRunner: CommandRunner,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    super();
  }

  override create(): readonly NamedSource[] {
    const { DOCKER_HOSTS } = this.settings;
    return DOCKER_HOSTS.length === 0 ? [this.#create()] : DOCKER_HOSTS.map((host) => this.#create(host));
  }

  #create(host?: DockerHost): NamedSource {
    const cli = new DockerCli(this.commandRunner, this.settings, host);
    const source = new DockerStatsService(cli, this.settings, this.clock, host?.name);
    return { host: host?.name, source };
  }
}
