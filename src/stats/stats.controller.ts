import {
  BadRequestException,
  Controller,
  Get,
  NotFoundException,
  Param,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import type { ContainerStats } from 'docker-stats-client';
import { CurrentKey } from '../auth/current-key.decorator.js';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { Settings } from '../config/settings.js';
import { ResponseMemoryLimit } from './limits/response-memory-limit.js';
import { findContainer } from './selection/find-container.js';
import type { Representation } from './formats/representation.js';
import { RepresentationService } from './requests/representation.service.js';
import { RequestSampleService } from './requests/request-sample.service.js';
import { parseSampleRequest } from './requests/sample-request.js';
import { sendRepresentation } from './requests/send-representation.js';
import { negotiateFormat } from './requests/negotiate-format.js';
import { KeyQuery, ProjectsQuery, StatsListQuery, StatsQuery } from './stats-query.dto.js';
import type { StatsFormat } from './formats/stats-format.js';
import { StatsRepresentations, type StatsSelection } from './formats/stats-representations.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { StatsSampler } from '../sampling/sampler/stats-sampler.js';
import { StatsStreamService } from './stream/stats-stream.service.js';

/** Looks like an id prefix, but is too short. */
const SHORT_ID = /^[\da-f]{1,11}$/i;

/** Serves the figures of the running containers. */
@Controller()
export class StatsController {
  constructor(
    private readonly sampler: StatsSampler,
    private readonly samples: RequestSampleService,
    private readonly representationService: RepresentationService,
    private readonly representations: StatsRepresentations,
    private readonly memoryLimit: ResponseMemoryLimit,
    private readonly streams: StatsStreamService,
    private readonly settings: Settings,
  ) {}

  /** `GET /stats`: all running containers, or those that the filters select. */
  @Get('stats')
  async list(
    @CurrentKey() key: ApiKey,
    @Query() query: StatsListQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.#list(key, query, request, response);
  }

  /** `GET /projects`: the sums of each project. */
  @Get('projects')
  async projects(
    @CurrentKey() key: ApiKey,
    @Query() query: ProjectsQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { ...selection } = query;
    await this.#list(key, { ...selection, view: 'projects' }, request, response);
  }

  /** `GET /stats/stream`: the list of `GET /stats` after every sample, as server-sent events. */
  @Get('stats/stream')
  stream(
    @CurrentKey() key: ApiKey,
    @Query() query: StatsQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    this.streams.open(key, request, response, query);
  }

  /** `GET /containers/{name or id}/stats`: one running container. */
  @Get('containers/:reference/stats')
  async one(
    @CurrentKey() key: ApiKey,
    @Param('reference') reference: string,
    @Query() _query: KeyQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const sample = await this.samples.getSample(key, parseSampleRequest(request, response));
    const container = getContainer(sample, reference);
    await this.#send(key, request, response, await this.representations.container(sample, container));
  }

  async #list(
    key: ApiKey,
    { format, ...selection }: StatsSelection & { readonly format?: StatsFormat },
    request: Request,
    response: Response,
  ): Promise<void> {
    const sampleRequest = parseSampleRequest(request, response);
    const sample = await this.samples.getSample(key, sampleRequest);
    const representation = await this.representationService.getList(
      key,
      sample,
      selection,
      format ?? negotiateFormat(request),
      sampleRequest.maxStaleMs,
    );
    await this.#send(key, request, response, representation);
  }

  #send(key: ApiKey, request: Request, response: Response, representation: Representation): Promise<void> {
    if (representation.isLarge) this.memoryLimit.reserveUntilClosed(response, key, representation);
    const ageMs = this.sampler.getAgeMs(representation.sample);
    return sendRepresentation(request, response, representation, {
      ageMs,
      maxAgeMs: this.settings.STATS_MAX_AGE_MS,
    });
  }
}

/** @throws {HttpException} if the reference matches no container, or several */
function getContainer(sample: StatsSample, reference: string): ContainerStats {
  const found = findContainer(sample, reference);
  switch (found.kind) {
    case 'one':
      return found.container;
    case 'several':
      throw new BadRequestException(
        `Ambiguous name or id: ${found.count} containers match; use a longer id prefix`,
      );
    case 'skipped':
      throw new NotFoundException(`Docker gives no figures for this container: ${found.row.reason}`);
    case 'none':
      throw new NotFoundException(
        SHORT_ID.test(reference)
          ? 'No running container has this name or id; an id prefix needs at least 12 characters'
          : 'No running container has this name or id',
      );
  }
}
