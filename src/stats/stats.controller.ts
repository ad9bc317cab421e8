import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CurrentKey } from '../auth/current-key.decorator.js';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { Settings } from '../config/settings.js';
import { ResponseMemoryLimit } from './limits/response-memory-limit.js';
import { HostSelector } from './selection/host-selector.js';
import { getContainer } from './selection/get-container.js';
import type { Representation } from './formats/representation.js';
import { RepresentationService } from './requests/representation.service.js';
import { RequestSampleService } from './requests/request-sample.service.js';
import { getSampleNeeds } from './requests/get-sample-needs.js';
import { parseSampleRequest, type SampleRequest } from './requests/sample-request.js';
import { sendRepresentation } from './requests/send-representation.js';
import { negotiateFormat } from './requests/negotiate-format.js';
import { KeyQuery, ProjectsQuery, StatsListQuery, StatsQuery } from './stats-query.dto.js';
import type { StatsFormat } from './formats/stats-format.js';
import { StatsRepresentations, type StatsSelection } from './formats/stats-representations.js';
import { Clock } from '../sampling/clock.js';
import { getAgeMs, type StatsSample } from '../sampling/stats-sample.js';
import { StatsStreamService } from './stream/stats-stream.service.js';

/** Serves the figures of the running containers. */
@Controller()
export class StatsController {
  constructor(
    private readonly hosts: HostSelector,
    private readonly samples: RequestSampleService,
    private readonly representationService: RepresentationService,
    private readonly representations: StatsRepresentations,
    private readonly memoryLimit: ResponseMemoryLimit,
    private readonly streams: StatsStreamService,
    private readonly settings: Settings,
    private readonly clock: Clock,
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
    await this.#sendOne(key, reference, parseSampleRequest(request, response), request, response);
  }

  /** `GET /hosts/{host}/containers/{name or id}/stats`: one running container of one Docker host. */
  @Get('hosts/:host/containers/:reference/stats')
  async oneOnHost(
    @CurrentKey() key: ApiKey,
    @Param() { host, reference }: { readonly host: string; readonly reference: string },
    @Query() _query: KeyQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const sampleRequest = parseSampleRequest(request, response, {
      hosts: [this.hosts.getHost(key, host)],
    });
    await this.#sendOne(key, reference, sampleRequest, request, response);
  }

  async #sendOne(
    key: ApiKey,
    reference: string,
    sampleRequest: SampleRequest,
    request: Request,
    response: Response,
  ): Promise<void> {
    const sample = await this.samples.getSample(key, sampleRequest);
    const container = getContainer(sample, reference);
    await this.#send(key, request, response, await this.representations.container(sample, container));
  }

  async #list(
    key: ApiKey,
    { format, ...selection }: StatsSelection & { readonly format?: StatsFormat },
    request: Request,
    response: Response,
  ): Promise<void> {
    const sampleRequest = parseSampleRequest(request, response, getSampleNeeds(selection));
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

  /** A sample that was old when it was read must not be cached until it is too old. */
  #getMaxAgeMs({ readAtMonotonicMs }: StatsSample, ageMs: number): number {
    const { STATS_MAX_AGE_MS, STATS_INTERVAL_MS } = this.settings;
    if (readAtMonotonicMs === undefined) return STATS_MAX_AGE_MS;
    return Math.min(STATS_MAX_AGE_MS, ageMs + readAtMonotonicMs + STATS_INTERVAL_MS - this.clock.now());
  }

  #send(key: ApiKey, request: Request, response: Response, representation: Representation): Promise<void> {
    if (representation.isLarge) this.memoryLimit.reserveUntilClosed(response, key, representation);
    const ageMs = getAgeMs(representation.sample, this.clock);
    return sendRepresentation(request, response, representation, {
      ageMs,
      maxAgeMs: this.#getMaxAgeMs(representation.sample, ageMs),
    });
  }
}
