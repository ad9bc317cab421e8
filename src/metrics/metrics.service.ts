import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import type { SharedBody } from '../http/responses/shared-body.js';
import { KeyJobRunner } from '../stats/limits/key-job-runner.js';
import { HostSelector } from '../stats/selection/host-selector.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { ContainerMetrics } from './containers/container-metrics.js';
import { ServiceMetrics } from './service/service-metrics.js';

/** The two parts of a response. */
export interface MetricsParts {
  /** The metrics of the containers; shared by all responses. */
  readonly containers: SharedBody;
  /** The metrics of the service; made for each response. */
  readonly service: Buffer;
}

/** Creates the text of `GET /metrics`. */
@Injectable()
export class MetricsService {
  constructor(
    private readonly containers: ContainerMetrics,
    private readonly service: ServiceMetrics,
    private readonly jobRunner: KeyJobRunner,
    private readonly hosts: HostSelector,
  ) {}

  /**
   * Returns all metrics that a key may see. A key with a scope does not see what other keys do.
   *
   * @param sample the part that the key may see; `undefined` if docker returned no sample
   * @param maxStaleMs how stale the sample may be
   */
  async getMetrics(key: ApiKey, sample: StatsSample | undefined, maxStaleMs: number): Promise<MetricsParts> {
    const service = Buffer.from(await this.service.formatText(key));
    const containers =
      sample === undefined
        ? this.containers.getDown(this.hosts.findVisible(key))
        : await this.#getContainers(key, sample, maxStaleMs);
    return { containers, service };
  }

  /** For a key with a scope, makes the text in the queue of that key. */
  #getContainers(key: ApiKey, sample: StatsSample, maxStaleMs: number): Promise<SharedBody> {
    const cached = this.containers.find(sample);
    if (cached !== undefined) return cached;
    if (sample.partOf === undefined) return this.containers.getText(sample);
    const make = (visible: StatsSample): Promise<SharedBody> => this.containers.getText(visible);
    return this.jobRunner.run(key, 'plain', 'metrics', make, { maxStaleMs });
  }
}
