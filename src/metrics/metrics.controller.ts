import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CurrentKey } from '../auth/current-key.decorator.js';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { acceptsGzip } from '../http/responses/accepts-gzip.js';
import { CHUNK_BYTES, sendBody, getByteLength } from '../http/responses/send-body.js';
import { ResponseMemoryLimit } from '../stats/limits/response-memory-limit.js';
import { RequestSampleService } from '../stats/requests/request-sample.service.js';
import { parseSampleRequest } from '../stats/requests/sample-request.js';
import { KeyQuery } from '../stats/stats-query.dto.js';
import { TEXT_FORMAT } from './prometheus/text-format.js';
import { MetricsService } from './metrics.service.js';
import { parseScrapeTimeoutMs } from './prometheus/scrape-timeout.js';

/** Serves the metrics of the containers and of the service to Prometheus. */
@Controller()
export class MetricsController {
  constructor(
    private readonly samples: RequestSampleService,
    private readonly metricsService: MetricsService,
    private readonly memoryLimit: ResponseMemoryLimit,
  ) {}

  /** `GET /metrics`: succeeds even if docker fails, because the metrics of the service then help most. */
  @Get('metrics')
  async metrics(
    @CurrentKey() key: ApiKey,
    @Query() _query: KeyQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const timeoutMs = parseScrapeTimeoutMs(request.headers);
    const sampleRequest = parseSampleRequest(request, response);
    const sample = await this.samples.getSampleWithin(key, sampleRequest, timeoutMs);
    const { containers, service } = await this.metricsService.getMetrics(
      key,
      sample,
      sampleRequest.maxStaleMs,
    );
    if (containers.size > CHUNK_BYTES) this.memoryLimit.reserveUntilClosed(response, key, containers);
    const isCompressed = acceptsGzip(request);
    const ends = { tail: service };
    const body = isCompressed ? await containers.gzip(ends) : containers.identity(ends);
    response.writeHead(200, {
      'Content-Type': TEXT_FORMAT,
      'Content-Length': getByteLength(body),
      ...(isCompressed && { 'Content-Encoding': 'gzip' }),
      'Cache-Control': 'no-store',
      Vary: 'Accept-Encoding, Authorization, Origin, X-API-Key',
    });
    sendBody(response, body);
  }
}
