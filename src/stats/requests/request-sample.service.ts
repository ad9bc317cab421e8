import { GatewayTimeoutException, Inject, Injectable } from '@nestjs/common';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { Clock } from '../../sampling/clock.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { StatsSourceError } from '../../sampling/stats-source.error.js';
import type { SampleRequest } from './sample-request.js';
import { HostSelector } from '../selection/host-selector.js';
import { SampleScopes } from '../selection/sample-scopes.js';

/** The message of `504`. */
export const NOT_CACHED =
  'No sample is fresh enough; send the request without only-if-cached to wait for one';

/** Gets the sample for each request, restricted to the scope of its API key. */
@Injectable()
export class RequestSampleService {
  constructor(
    private readonly hosts: HostSelector,
    private readonly scopes: SampleScopes,
    @Inject(ApiKeyStore) private readonly apiKeys: Pick<ApiKeyStore, 'assertValid'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns a sample as fresh as the request requires, restricted to the scope of the key. Stops waiting if the client
   * disconnects.
   *
   * @throws {GatewayTimeoutException} if there is no such sample and the client does not wait (RFC 9111, section 5.2.1.7)
   * @throws {StatsSourceError} if the source fails
   * @throws {NotFoundException} if the request selects a Docker host that does not exist, or that the key may not see
   * @throws {UnauthorizedException} if the key became invalid while the request waited
   */
  async getSample(key: ApiKey, request: SampleRequest): Promise<StatsSample> {
    const client = `${key.name} ${request.address}`;
    const reader = this.hosts.getReader(key, request);
    const current = reader.findSample(request, client);
    if (current !== undefined) return this.#applyScope(key, current, request);
    if (request.onlyIfCached) throw new GatewayTimeoutException(NOT_CACHED);
    const signal = request.createCloseSignal();
    try {
      const sample = await reader.waitForSample(request, signal, client);
      return await this.#applyScope(key, sample, request);
    } finally {
      if (!signal.aborted) this.apiKeys.assertValid(key); // for a revoked key, throw instead of returning the sample or error
    }
  }

  #applyScope(
    key: ApiKey,
    sample: StatsSample,
    { hosts }: SampleRequest,
  ): StatsSample | Promise<StatsSample> {
    this.hosts.checkSample(sample, key, hosts);
    return this.scopes.applyScope(key, sample);
  }

  /**
   * Like {@link getSample}, but returns `undefined` if the source fails or takes longer than `timeoutMs`.
   *
   * @throws {UnauthorizedException} if the key became invalid while the request waited
   */
  async getSampleWithin(
    key: ApiKey,
    request: SampleRequest,
    timeoutMs: number,
  ): Promise<StatsSample | undefined> {
    const timeout = new AbortController();
    const cancel = this.clock.after(timeoutMs, () => timeout.abort());
    try {
      return await this.getSample(key, {
        ...request,
        createCloseSignal: () => AbortSignal.any([request.createCloseSignal(), timeout.signal]),
      });
    } catch (error) {
      if (timeout.signal.aborted || error instanceof StatsSourceError) return undefined;
      throw error;
    } finally {
      cancel();
      if (timeout.signal.aborted) this.apiKeys.assertValid(key); // getSample() skips this check after an abort
    }
  }
}
