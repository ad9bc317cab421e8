import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { callerOf } from '../auth/caller.js';
import { dockerTimeout } from '../docker/docker-failures.js';
import { Clock } from './clock.js';
import { requestedMaxAgeMs } from './requested-max-age.js';
import { SampleScopes } from './sample-scopes.js';
import type { StatsSample } from './stats-sample.js';
import { StatsSampler } from './stats-sampler.js';

/** Gives requests their samples. */
@Injectable()
export class RequestedSamples {
  constructor(
    private readonly sampler: StatsSampler,
    private readonly scopes: SampleScopes,
    private readonly clock: Clock,
  ) {}

  /**
   * A sample as fresh as the request asks for, as far as its key may see it; nobody waits once the client has gone.
   *
   * @param timeoutMs how long the client waits at most, where that is known
   * @throws {DockerError} when docker gives none, or not in that time
   */
  async for(request: Request, response: Response, timeoutMs?: number): Promise<StatsSample> {
    const maxAgeMs = requestedMaxAgeMs(request.headers['cache-control']);
    const atHand = this.sampler.fresh(maxAgeMs);
    if (atHand !== undefined) return this.scopes.seenBy(callerOf(request), atHand); // most requests: the rest costs
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const cancel =
      timeoutMs === undefined
        ? undefined
        : this.clock.after(timeoutMs, () => gone.abort(dockerTimeout(timeoutMs)));
    try {
      const sample = await this.sampler.read({ maxAgeMs, signal: gone.signal });
      return await this.scopes.seenBy(callerOf(request), sample);
    } finally {
      cancel?.();
    }
  }
}
