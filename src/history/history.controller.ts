import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CurrentKey } from '../auth/current-key.decorator.js';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { CHUNK_BYTES } from '../http/responses/send-body.js';
import { ResponseMemoryLimit } from '../stats/limits/response-memory-limit.js';
import { HostSelector } from '../stats/selection/host-selector.js';
import { negotiateFormat } from '../stats/requests/negotiate-format.js';
import type { HistoryBody } from './formats/history-body.js';
import { ContainerHistoryQuery, HistoryQuery } from './requests/history-query.dto.js';
import { type HistoryRequest, parseHistoryRequest } from './requests/history-request.js';
import { HistoryService } from './requests/history.service.js';
import { sendHistory } from './requests/send-history.js';

/** Serves what the service has sampled lately. Never starts `docker stats`. */
@Controller()
export class HistoryController {
  constructor(
    private readonly history: HistoryService,
    private readonly hosts: HostSelector,
    private readonly memoryLimit: ResponseMemoryLimit,
  ) {}

  /** `GET /stats/history`: all containers of the kept samples, or those that the filters select. */
  @Get('stats/history')
  async list(
    @CurrentKey() key: ApiKey,
    @Query() query: HistoryQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const body = await this.history.list(key, query, parse(query, request));
    await this.#send(key, request, response, body);
  }

  /** `GET /containers/{name or id}/stats/history`: one container, which may have ended. */
  @Get('containers/:reference/stats/history')
  async one(
    @CurrentKey() key: ApiKey,
    @Param('reference') reference: string,
    @Query() query: ContainerHistoryQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const body = await this.history.one(key, reference, parse(query, request));
    await this.#send(key, request, response, body);
  }

  /** `GET /hosts/{host}/containers/{name or id}/stats/history`: one container of one Docker host. */
  @Get('hosts/:host/containers/:reference/stats/history')
  async oneOnHost(
    @CurrentKey() key: ApiKey,
    @Param() { host, reference }: { readonly host: string; readonly reference: string },
    @Query() query: ContainerHistoryQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const hosts = [this.hosts.getHost(key, host)];
    const body = await this.history.one(key, reference, parse(query, request), hosts);
    await this.#send(key, request, response, body);
  }

  #send(key: ApiKey, request: Request, response: Response, body: HistoryBody): Promise<void> {
    if (body.size > CHUNK_BYTES) this.memoryLimit.reserveUntilClosed(response, key, body);
    return sendHistory(request, response, body);
  }
}

function parse(query: ContainerHistoryQuery, request: Request): HistoryRequest {
  const accepted = negotiateFormat(request);
  return parseHistoryRequest(query, accepted === 'csv' ? 'csv' : 'json', Date.now());
}
