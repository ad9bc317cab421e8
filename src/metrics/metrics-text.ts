import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../config/api-keys/api-keys.js';
import type { SharedBody } from '../http/responses/shared-body.js';
import { KeyWork } from '../stats/limits/key-work.js';
import type { StatsSample } from '../sampling/stats-sample.js';
import { ContainerMetrics, NO_CONTAINERS } from './container-metrics.js';
import { ServiceMetrics } from './service-metrics.js';

/** The two parts of an answer. */
export interface MetricsParts {
  /** The containers, whose text is shared by all who ask. */
  readonly containers: SharedBody;
  /** What is of this moment. */
  readonly service: Buffer;
}

/** Writes the answers of `GET /metrics`. */
@Injectable()
export class MetricsText {
  constructor(
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
    const service = Buffer.from(await this.service.textFor(key));
    const containers = sample === undefined ? NO_CONTAINERS : await this.#containersOf(key, sample);
    return { containers, service };
  }

  /** Those of a key with a scope wait their turn among what the key asks for. */
  #containersOf(key: ApiKey, sample: StatsSample): Promise<SharedBody> {
    const written = this.containers.find(sample);
    if (written !== undefined) return written;
    if (sample.partOf === undefined) return this.containers.textOf(sample);
    return this.keyWork.run(key, 'plain', 'metrics', (seen) => this.containers.textOf(seen));
  }
}
