import { Inject, Injectable } from '@nestjs/common';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { Clock } from '../../sampling/clock.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { StatsSampler } from '../../sampling/stats-sampler.js';
import { StatsSourceError } from '../../sampling/stats-source.error.js';
import type { SampleRequest } from './sample-request.js';
import { SampleScopes } from '../selection/sample-scopes.js';

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
   * A sample as fresh as the request wants it, as far as its key may see it. The waiting ends when the client has gone.
   *
   * @throws {StatsSourceError} when the source gives none
   * @throws {UnauthorizedException} when the key has become invalid in the meantime
   */
  async for(key: ApiKey, { maxAgeMs, gone }: SampleRequest): Promise<StatsSample> {
    const atHand = this.sampler.fresh(maxAgeMs);
    if (atHand !== undefined) return this.scopes.seenBy(key, atHand);
    const signal = gone();
    try {
      const sample = await this.sampler.read({ maxAgeMs, signal });
      return await this.scopes.seenBy(key, sample);
    } finally {
      if (!signal.aborted) this.apiKeys.assertValid(key); // before what the source said, figures or an error
    }
  }

  /**
   * The same; `undefined` when the source gives none, or none within `timeoutMs`.
   *
   * @throws {UnauthorizedException} when the key has become invalid in the meantime
   */
  async forWithin(
    key: ApiKey,
    { maxAgeMs, gone }: SampleRequest,
    timeoutMs: number,
  ): Promise<StatsSample | undefined> {
    const late = new AbortController();
    const cancel = this.clock.after(timeoutMs, () => late.abort());
    try {
      return await this.for(key, { maxAgeMs, gone: () => AbortSignal.any([gone(), late.signal]) });
    } catch (error) {
      if (late.signal.aborted || error instanceof StatsSourceError) return undefined;
      throw error;
    } finally {
      cancel();
      if (late.signal.aborted) this.apiKeys.assertValid(key); // `for` has taken the signal for a client that has gone
    }
  }
}
