import { type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { ThrottlerException, ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { callerOf, findCaller } from '../caller.js';

/** Lets each API key ask so many times a minute. Behind the ApiKeyGuard; routes without a key are not counted. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  readonly #logger = new Logger(RateLimitGuard.name);

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(findCaller(context.switchToHttp().getRequest<Request>()) === undefined);
  }

  protected override getTracker(request: Request): Promise<string> {
    return Promise.resolve(callerOf(request).name);
  }

  /** One counter for all routes together. */
  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return tracker;
  }

  /** @throws {ThrottlerException} with `Retry-After` */
  protected override throwThrottlingException(
    context: ExecutionContext,
    { tracker, limit, totalHits, timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    if (totalHits === limit + 1) {
      this.#logger.warn(`API key "${tracker}": ${limit} requests in a minute; more are answered 429`);
    }
    context.switchToHttp().getResponse<Response>().setHeader('Retry-After', timeToBlockExpire);
    throw new ThrottlerException(`Too many requests: ${limit} a minute are allowed`);
  }
}
