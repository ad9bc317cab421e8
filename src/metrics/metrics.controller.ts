import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CurrentKey } from '../auth/current-key.decorator.js';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { acceptsGzip } from '../http/responses/accepts-gzip.js';
import { PIECE_BYTES, sendBody, sizeOf } from '../http/responses/send-body.js';
import { BytesInUse } from '../stats/limits/bytes-in-use.js';
import { RequestedSamples } from '../stats/requests/requested-samples.js';
import { sampleRequestOf } from '../stats/requests/sample-request.js';
import { KeyQuery } from '../stats/stats-query.dto.js';
import { TEXT_FORMAT } from './exposition.js';
import { MetricsText } from './metrics-text.js';
import { scrapeTimeoutMs } from './scrape-timeout.js';

/** The metrics of the containers and of the service for Prometheus. */
@Controller()
export class MetricsController {
  constructor(
    private readonly samples: RequestedSamples,
    private readonly text: MetricsText,
    private readonly bytesInUse: BytesInUse,
  ) {}

  /** `GET /metrics`: also where docker fails, for then the figures of the service are of most use. */
  @Get('metrics')
  async metrics(
    @CurrentKey() key: ApiKey,
    @Query() _query: KeyQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const timeoutMs = scrapeTimeoutMs(request.headers);
    const sample = await this.samples.forWithin(key, sampleRequestOf(request, response), timeoutMs);
    const { containers, service } = await this.text.for(key, sample);
    if (containers.size > PIECE_BYTES) this.bytesInUse.useFor(response, key, containers);
    const isCompressed = acceptsGzip(request);
    const ends = { tail: service };
    const body = isCompressed ? await containers.gzip(ends) : containers.identity(ends);
    response.writeHead(200, {
      'Content-Type': TEXT_FORMAT,
      'Content-Length': sizeOf(body),
      ...(isCompressed && { 'Content-Encoding': 'gzip' }),
      'Cache-Control': 'no-store',
      Vary: 'Accept-Encoding, Authorization, Origin, X-API-Key',
    });
    sendBody(response, body);
  }
}
