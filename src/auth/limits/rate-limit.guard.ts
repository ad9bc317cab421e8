import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { Settings } from '../../config/settings.js';
import { findCurrentKey } from '../credentials/authentication.js';
import { HitCounters } from './hit-counters.js';

/**
 * Limits the requests of each API key, on all routes together, to `RATE_LIMIT_PER_MINUTE`. Runs after the ApiKeyGuard. Requests
 * to public routes are not counted.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  readonly #logger = new Logger(RateLimitGuard.name);
  readonly #counters = new HitCounters();

  constructor(private readonly settings: Settings) {}

  /** @throws {ThrottlerException} with `Retry-After` */
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const key = findCurrentKey(http.getRequest<Request>());
    if (key === undefined) return true;
    const limit = this.settings.RATE_LIMIT_PER_MINUTE;
    const { count, endsInSeconds } = this.#counters.hit(key.name);
    if (count <= limit) return true;
    if (count === limit + 1) {
      this.#logger.warn(
        `Rate limit reached: ${limit} requests with API key "${key.name}" in a minute; responding with 429`,
      );
    }
    http.getResponse<Response>().setHeader('Retry-After', endsInSeconds);
    throw new ThrottlerException(
      `Too many requests: the limit is ${limit} per minute; retry after the time in Retry-After`,
    );
  }
}
