import {
  BadRequestException,
  Controller,
  Get,
  Header,
  NotFoundException,
  Param,
  Query,
} from '@nestjs/common';
import { DockerStatsService } from './docker-stats.service.js';
import { findContainer } from './find-container.js';
import { matchesName } from './name-pattern.js';
import { KeyQuery, StatsQuery } from './stats-query.dto.js';
import type { ContainerStats } from './stats-sample.js';
import { basicView, type BasicContainerStats, type FullStats, fullView } from './stats-views.js';

/** The figures of the running containers over HTTP. */
@Controller()
export class StatsController {
  constructor(private readonly dockerStats: DockerStatsService) {}

  /** `GET /stats`: every running container, or those whose name matches. */
  @Get('stats')
  @Header('Cache-Control', 'no-store')
  async list(@Query() query: StatsQuery): Promise<BasicContainerStats[] | FullStats> {
    const sample = await this.dockerStats.sample();
    const { name: patterns } = query;
    const containers = patterns
      ? sample.containers.filter(({ name }) => patterns.some((pattern) => matchesName(pattern, name)))
      : sample.containers;
    return query.view === 'full' ? fullView(sample, containers) : basicView(containers);
  }

  /** `GET /containers/{name or id}/stats`: one running container. */
  @Get('containers/:reference/stats')
  @Header('Cache-Control', 'no-store')
  async one(@Param('reference') reference: string, @Query() _query: KeyQuery): Promise<ContainerStats> {
    const found = findContainer(await this.dockerStats.sample(), reference);
    switch (found.kind) {
      case 'one':
        return found.container;
      case 'several':
        throw new BadRequestException(`${found.count} containers fit "${reference}": give more of the id`);
      case 'skipped':
        throw new NotFoundException(
          `Docker gives no figures for container "${reference}": ${found.row.reason}`,
        );
      case 'none':
        throw new NotFoundException(`No running container "${reference}"`);
    }
  }
}
