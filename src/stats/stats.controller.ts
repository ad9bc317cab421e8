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
import { BytesInUse } from './limits/bytes-in-use.js';
import { findContainer } from './selection/find-container.js';
import type { Representation } from './formats/representation.js';
import { RequestedRepresentations } from './requests/requested-representations.js';
import { RequestedSamples } from './requests/requested-samples.js';
import { sampleRequestOf } from './requests/sample-request.js';
import { sendRepresentation } from './requests/send-representation.js';
import { requestedFormat } from './requests/requested-format.js';
import { KeyQuery, StatsListQuery, StatsQuery } from './stats-query.dto.js';
import { StatsRepresentations } from './formats/stats-representations.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { StatsSampler } from '../sampling/stats-sampler.js';
import { StatsStreams } from './stream/stats-streams.js';

/** What may be meant as the beginning of an id, and is too short for it. */
const SHORT_ID = /^[\da-f]{1,11}$/i;

/** The figures of the running containers over HTTP. */
@Controller()
export class StatsController {
  constructor(
    private readonly sampler: StatsSampler,
    private readonly samples: RequestedSamples,
    private readonly requested: RequestedRepresentations,
    private readonly representations: StatsRepresentations,
    private readonly bytesInUse: BytesInUse,
    private readonly streams: StatsStreams,
    private readonly settings: Settings,
  ) {}

  /** `GET /stats`: every running container, or those whose name matches. */
  @Get('stats')
  async list(
    @CurrentKey() key: ApiKey,
    @Query() query: StatsListQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const sample = await this.samples.for(key, sampleRequestOf(request, response));
    const format = query.format ?? requestedFormat(request);
    const representation = await this.requested.list(key, sample, query, format);
    await this.#send(key, request, response, representation);
  }

  /** `GET /stats/stream`: the same again with each sample, as server-sent events. */
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
    const sample = await this.samples.for(key, sampleRequestOf(request, response));
    const container = containerOf(sample, reference);
    await this.#send(key, request, response, await this.representations.container(sample, container));
  }

  #send(key: ApiKey, request: Request, response: Response, representation: Representation): Promise<void> {
    if (representation.isLarge) this.bytesInUse.useFor(response, key, representation);
    const ageMs = this.sampler.ageMsOf(representation.sample);
    return sendRepresentation(request, response, representation, {
      ageMs,
      maxAgeMs: this.settings.STATS_MAX_AGE_MS,
    });
  }
}

/** @throws {HttpException} when the reference leads to no container, or to several */
function containerOf(sample: StatsSample, reference: string): ContainerStats {
  const found = findContainer(sample, reference);
  switch (found.kind) {
    case 'one':
      return found.container;
    case 'several':
      throw new BadRequestException(`${found.count} containers fit: give more of the id`);
    case 'skipped':
      throw new NotFoundException(`Docker gives no figures for this container: ${found.row.reason}`);
    case 'none':
      throw new NotFoundException(
        SHORT_ID.test(reference)
          ? 'No running container has this name or id; the beginning of an id needs 12 characters or more'
          : 'No running container has this name or id',
      );
  }
}
