import {
  BadRequestException,
  Injectable,
  MethodNotAllowedException,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express, NextFunction, Request, Response } from 'express';
import { Settings } from '../../config/settings.js';
import { noSuchRoute } from './no-such-route.js';

/**
 * Answers what no controller does: `405` with `Allow` for a wrong method on a known path (RFC 9110, section 15.5.6),
 * `OPTIONS` with the same list, and `404` for an unknown path; Nest's own `404` would repeat the whole URL, key and all.
 * So would Express for a path that cannot be decoded.
 *
 * Works behind the controllers: Nest has registered their routes by the time of `onModuleInit`, and nothing after them.
 */
@Injectable()
export class UnroutedRequests implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    const express: Express = this.adapterHost.httpAdapter.getInstance();
    for (const [path, methods] of methodsByPath(express)) {
      const allow = [...methods].toSorted().join(', ');
      express.all(path, (request: Request, response: Response, next: NextFunction) => {
        response.set({ Allow: allow, 'Cache-Control': 'no-store' });
        if (request.method === 'OPTIONS') response.status(204).end();
        else next(new MethodNotAllowedException(`This method is not allowed here: use ${allow}`));
      });
    }
    express.use((request: Request, response: Response, next: NextFunction) => {
      // The service as a whole (RFC 9110, section 9.3.7): requestTarget lets it through for OPTIONS alone.
      if (request.url !== '*') return next();
      response.set({ Allow: 'GET, HEAD, OPTIONS', 'Cache-Control': 'no-store' }).status(204).end();
    });
    express.use((request: Request, _response: Response, next: NextFunction) => {
      next(noSuchRoute(this.settings, request.path));
    });
    express.use((error: unknown, _request: Request, _response: Response, next: NextFunction) => {
      next(error instanceof URIError ? new BadRequestException('The path cannot be decoded') : error);
    });
  }
}

function methodsByPath(express: Express): Map<string, Set<string>> {
  const byPath = new Map<string, Set<string>>();
  for (const { route } of express.router.stack) {
    if (route === undefined) continue;
    const methods = byPath.get(route.path) ?? new Set(['OPTIONS']);
    byPath.set(route.path, methods);
    for (const { method } of route.stack) methods.add(method.toUpperCase());
    if (methods.has('GET')) methods.add('HEAD'); // Express answers HEAD through the GET route
  }
  return byPath;
}
