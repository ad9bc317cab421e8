import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { Settings } from '../../config/settings.js';
import { findCaller } from '../credentials/caller.js';
import { HitCounters } from './hit-counters.js';

/** Lets each API key ask so many times a minute, on all routes together. Behind the ApiKeyGuard; public routes are not counted. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  readonly #logger = new Logger(RateLimitGuard.name);
  readonly #counters = new HitCounters();

  constructor(private readonly settings: Settings) {}

  /** @throws {ThrottlerException} with `Retry-After` */
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const key = findCaller(http.getRequest<Request>());
    if (key === undefined) return true;
    const limit = this.settings.RATE_LIMIT_PER_MINUTE;
    const { count, endsInSeconds } = this.#counters.hit(key.name);
    if (count <= limit) return true;
    if (count === limit + 1) {
      this.#logger.warn(`API key "${key.name}": ${limit} requests in a minute; more are answered 429`);
    }
    http.getResponse<Response>().setHeader('Retry-After', endsInSeconds);
    throw new ThrottlerException(`Too many requests: ${limit} a minute are allowed`);
  }
}
