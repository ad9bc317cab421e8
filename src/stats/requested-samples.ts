import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ApiKeyStore } from '../auth/api-key-store.js';
import { callerOf } from '../auth/caller.js';
import { dockerTimeout } from '../docker/docker-failures.js';
import { Clock } from '../sampling/clock.js';
import { requestedMaxAgeMs } from './requested-max-age.js';
import { SampleScopes } from './selection/sample-scopes.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { StatsSampler } from '../sampling/stats-sampler.js';

/** Gives requests their samples. */
@Injectable()
export class RequestedSamples {
  constructor(
    private readonly sampler: StatsSampler,
    private readonly scopes: SampleScopes,
    @Inject(ApiKeyStore) private readonly apiKeys: Pick<ApiKeyStore, 'assertValid'>,
    private readonly clock: Clock,
  ) {}

  /**
   * A sample as fresh as the request asks for, as far as its key may see it; nobody waits once the client has gone.
   *
   * @param timeoutMs how long the client waits at most, where that is known
   * @throws {DockerError} when docker gives none, or not in that time
   * @throws {UnauthorizedException} when the key has become invalid in the meantime
   */
  async for(request: Request, response: Response, timeoutMs?: number): Promise<StatsSample> {
    const key = callerOf(request);
    const maxAgeMs = requestedMaxAgeMs(request.headers['cache-control']);
    const atHand = this.sampler.fresh(maxAgeMs);
    if (atHand !== undefined) return this.scopes.seenBy(key, atHand); // most requests: the rest costs
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const cancel =
      timeoutMs === undefined
        ? undefined
        : this.clock.after(timeoutMs, () => gone.abort(dockerTimeout(timeoutMs)));
    try {
      const sample = await this.sampler.read({ maxAgeMs, signal: gone.signal });
      return await this.scopes.seenBy(key, sample);
    } finally {
      cancel?.();
      if (!response.destroyed) this.apiKeys.assertValid(key); // before what docker said, be it figures or an error
    }
  }
}
