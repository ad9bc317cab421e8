import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import { VERSION } from '../config/version.js';
import { KeyWork } from '../stats/limits/key-work.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { StatsSampler } from '../sampling/stats-sampler.js';
import { ContainerMetrics } from './container-metrics.js';
import { ContainerText } from './container-text.js';
import { type Metric, singleMetric } from './exposition.js';
import { ServiceMetrics } from './service-metrics.js';

const DOCKER_UP: Metric = {
  name: 'docker_up',
  help: 'Whether docker gave the figures of the containers: 1 if it did; else 0, and there are none.',
  type: 'gauge',
};

const SAMPLE_AGE: Metric = {
  name: 'docker_stats_api_sample_age_seconds',
  help: 'How old the latest sample is, whether it is served still or not.',
  type: 'gauge',
};

const BUILD_INFO: Metric = {
  name: 'docker_stats_api_build_info',
  help: 'The versions of the service and of Node.js; the value is always 1.',
  type: 'gauge',
};

const BUILD = singleMetric(BUILD_INFO, 1, { version: VERSION, node_version: process.version });

const NO_CONTAINERS = new ContainerText(Buffer.alloc(0));

/** The two parts of an answer. */
export interface MetricsParts {
  /** The containers, whose text is shared by all who ask. */
  readonly containers: ContainerText;
  /** What is of this moment. */
  readonly service: Buffer;
}

/** Writes the answers of `GET /metrics`. */
@Injectable()
export class MetricsText {
  constructor(
    private readonly sampler: StatsSampler,
    private readonly containers: ContainerMetrics,
    private readonly service: ServiceMetrics,
    private readonly keyWork: KeyWork,
  ) {}

  /**
   * All metrics that a key may see. A key with a scope is told nothing of what others do.
   *
   * @param sample what the key may see of it; `undefined` where docker gave none
   */
  async for(key: ApiKey, sample: StatsSample | undefined): Promise<MetricsParts> {
    const { latest } = this.sampler;
    const service = [
      singleMetric(DOCKER_UP, sample === undefined ? 0 : 1),
      ...(latest === undefined ? [] : [singleMetric(SAMPLE_AGE, this.sampler.ageMsOf(latest) / 1000)]),
      BUILD,
      ...(key.containers === undefined ? [await this.service.text()] : []),
    ];
    const containers = sample === undefined ? NO_CONTAINERS : await this.#containersOf(key, sample);
    return { containers, service: Buffer.from(service.join('')) };
  }

  /** Those of a key with a scope wait their turn among what the key asks for. */
  #containersOf(key: ApiKey, sample: StatsSample): Promise<ContainerText> {
    const written = this.containers.find(sample);
    if (written !== undefined) return written;
    if (sample.partOf === undefined) return this.containers.textOf(sample);
    return this.keyWork.run(key, 'plain', 'metrics', (seen) => this.containers.textOf(seen));
  }
}
