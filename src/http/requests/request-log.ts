import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Request } from 'express';
import type { Level, LevelWithSilent } from 'pino';
import { pinoHttp, startTime } from 'pino-http';
import { findCaller, findRefusalReason } from '../../auth/caller.js';
import { clientAddressOf } from '../../auth/limits/client-address.js';
import { ServiceLogger } from '../../logging/logger.js';
import { routeOf } from './route-of.js';

/** Gives each request its id, and the log one line of it when it has ended. */
@Injectable()
export class RequestLog implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly logger: ServiceLogger,
  ) {}

  onModuleInit(): void {
    const { pino } = this.logger;
    const log = pinoHttp<Request>({
      logger: pino,
      genReqId: () => randomUUID(), // the ApiKeyGuard takes the client's in place of it
      // Its own fields are the URL and all headers, which may hold keys.
      wrapSerializers: false,
      quietResLogger: true,
      customSuccessObject: lineOf,
      customErrorObject: lineOf,
      customErrorMessage: (_request, response) => messageOf(response),
      customSuccessMessage: (_request, response) => messageOf(response),
      customLogLevel: (request, response): LevelWithSilent => {
        const level = levelOf(request, response);
        return pino.isLevelEnabled(level) ? level : 'silent';
      },
    });
    // It makes each request a logger that has these fields too; nobody asks for one, and it costs as much as the line.
    log.logger.child = () => log.logger as never;
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      if (!request.socket.writable) return; // the rest of a pipeline that nobody answers
      Object.assign(response, { [startTime]: performance.now() }); // its own is wall time, which may jump
      log(request as Request, response);
    });
  }
}

function lineOf(request: Request, response: ServerResponse): object {
  const { [startTime]: startedAt } = response as unknown as Record<typeof startTime, number>;
  const key = findCaller(request);
  return {
    requestId: request.id,
    method: request.method,
    route: routeOf(request),
    status: response.headersSent ? response.statusCode : null,
    durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
    key: key?.name,
    reason: key === undefined ? findRefusalReason(request) : undefined,
    remoteAddress: clientAddressOf(request),
    ...(!response.writableFinished && { aborted: true }),
  };
}

function messageOf({ writableFinished }: ServerResponse): string {
  return writableFinished ? 'request completed' : 'request aborted';
}

/** Probes come every few seconds, and the health checks log themselves what changes. */
function levelOf(request: Request, { statusCode }: ServerResponse): Level {
  if (/^\/health\b/.test(routeOf(request)) && (statusCode < 500 || statusCode === 503)) return 'debug';
  return statusCode < 500 ? 'info' : 'error';
}
