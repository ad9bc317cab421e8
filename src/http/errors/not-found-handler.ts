import {
  BadRequestException,
  Injectable,
  MethodNotAllowedException,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express, NextFunction, Request, Response } from 'express';
import { Settings } from '../../config/settings.js';
import { createNotFoundException } from './not-found-exception.js';

/**
 * Handles requests that match no controller: `405` with `Allow` for a wrong method on a known path (RFC 9110, section 15.5.6),
 * `204` with `Allow` for `OPTIONS`, `404` for an unknown path, and `400` for a path that cannot be decoded. The defaults of Nest
 * and Express would repeat the URL, which may contain a key.
 *
 * Its handlers come after the controllers: Nest has registered all routes before `onModuleInit`.
 */
@Injectable()
export class NotFoundHandler implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    const express: Express = this.adapterHost.httpAdapter.getInstance();
    for (const [path, methods] of collectMethodsByPath(express)) {
      const allow = [...methods].toSorted().join(', ');
      express.all(path, (request: Request, response: Response, next: NextFunction) => {
        response.set({ Allow: allow, 'Cache-Control': 'no-store' });
        if (request.method === 'OPTIONS') response.status(204).end();
        else next(new MethodNotAllowedException(`This method is not allowed here: use ${allow}`));
      });
    }
    express.use((request: Request, response: Response, next: NextFunction) => {
      // `OPTIONS *` asks about the whole service (RFC 9110, section 9.3.7); other methods never get here with this target.
      if (request.url !== '*') return next();
      response.set({ Allow: 'GET, HEAD, OPTIONS', 'Cache-Control': 'no-store' }).status(204).end();
    });
    express.use((request: Request, _response: Response, next: NextFunction) => {
      next(createNotFoundException(this.settings, request.path));
    });
    express.use((error: unknown, _request: Request, _response: Response, next: NextFunction) => {
      next(
        error instanceof URIError ? new BadRequestException('The path has invalid percent-encoding') : error,
      );
    });
  }
}

function collectMethodsByPath(express: Express): Map<string, Set<string>> {
  const byPath = new Map<string, Set<string>>();
  for (const { route } of express.router.stack) {
    if (route === undefined) continue;
    const methods = byPath.get(route.path) ?? new Set(['OPTIONS']);
    byPath.set(route.path, methods);
    for (const { method } of route.stack) methods.add(method.toUpperCase());
    if (methods.has('GET')) methods.add('HEAD'); // Express serves HEAD with the GET route
  }
  return byPath;
}
