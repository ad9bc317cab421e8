import { Injectable } from '@nestjs/common';
import type { HostStatus } from 'docker-stats-client';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { DockerHealthIndicator } from '../health/docker-health.indicator.js';
import type { SampledHost, StatsSample } from '../sampling/stats-sample.js';
import { StatsSourceError } from '../sampling/stats-source.error.js';
import { HostSelector } from '../stats/selection/host-selector.js';
import { RequestSampleService } from '../stats/requests/request-sample.service.js';
import type { SampleRequest } from '../stats/requests/sample-request.js';

/** Finds out the states of the Docker hosts. */
@Injectable()
export class HostsService {
  constructor(
    private readonly selector: HostSelector,
    private readonly samples: RequestSampleService,
    private readonly health: DockerHealthIndicator,
  ) {}

  /**
   * Returns the states of the hosts that a request selects, in their order. Takes a sample if none is fresh enough.
   *
   * @throws {HttpException} as `RequestSampleService.getSample` does
   */
  async list(key: ApiKey, request: SampleRequest): Promise<readonly HostStatus[]> {
    const sample = await this.#getSample(key, request);
    const counts = countContainers(sample);
    const hosts = sample?.hosts ?? this.#listDown(key, request);
    return Promise.all(hosts.map((host) => this.#describe(host, counts.get(host.name) ?? 0)));
  }

  /** Returns `undefined` if no host gives figures, but the hosts are known. */
  async #getSample(key: ApiKey, request: SampleRequest): Promise<StatsSample | undefined> {
    try {
      return await this.samples.getSample(key, request);
    } catch (error) {
      if (error instanceof StatsSourceError && this.selector.areListed) return undefined;
      throw error;
    }
  }

  #listDown(key: ApiKey, request: SampleRequest): SampledHost[] {
    return this.selector.select(key, request.hosts).map((host) => ({
      name: host.name,
      sample: undefined,
      failure: host.findTrouble().failure,
    }));
  }

  async #describe({ name, failure }: SampledHost, containers: number): Promise<HostStatus> {
    if (failure !== undefined) {
      const { code, reason: message, since } = failure;
      const error = { code, message, since: since.toISOString() };
      return { name, state: 'down', version: null, containers: null, error };
    }
    const version = await this.health.checkHost(name);
    return {
      name,
      state: 'up',
      version: typeof version === 'string' ? version : null,
      containers,
      error: null,
    };
  }
}

/** Counts the containers of each host in a sample. */
function countContainers(sample: StatsSample | undefined): ReadonlyMap<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const { host } of sample?.containers ?? []) counts.set(host, (counts.get(host) ?? 0) + 1);
  return counts;
}
