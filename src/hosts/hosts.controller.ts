import { Controller, Get, Header, NotFoundException, Query, Req, Res } from '@nestjs/common';
import type { HostStatus } from 'docker-stats-client';
import type { Request, Response } from 'express';
import { CurrentKey } from '../auth/current-key.decorator.js';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { HostSelector } from '../stats/selection/host-selector.js';
import { parseSampleRequest } from '../stats/requests/sample-request.js';
import { HostsQuery } from './hosts-query.dto.js';
import { HostsService } from './hosts.service.js';

/** Serves the states of the Docker hosts. */
@Controller()
export class HostsController {
  constructor(
    private readonly selector: HostSelector,
    private readonly hosts: HostsService,
  ) {}

  /** `GET /hosts`: the Docker hosts of `DOCKER_HOSTS` that the key may see. */
  @Get('hosts')
  @Header('Cache-Control', 'private, no-store')
  async list(
    @CurrentKey() key: ApiKey,
    @Query() { host }: HostsQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<readonly HostStatus[]> {
    if (!this.selector.areNamed) throw new NotFoundException('DOCKER_HOSTS is not set');
    return this.hosts.list(key, parseSampleRequest(request, response, { hosts: host, isBasic: true }));
  }
}
