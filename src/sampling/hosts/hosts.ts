import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import pLimit from 'p-limit';
import { Settings } from '../../config/settings.js';
import { Clock } from '../clock.js';
import type { SampleReader } from '../sampler/sample-reader.js';
import { StatsSources } from '../stats-source.js';
import { Host } from './host.js';
import { MergedReader } from './merged-reader.js';
import { QueuedSource } from './queued-source.js';

/** The number of kept readers. Clients may select hosts in many ways. */
const MAX_READERS = 100;

/** The Docker hosts of the service: those of `DOCKER_HOSTS`, or a single one without a name. */
@Injectable()
export class Hosts implements OnModuleDestroy {
  readonly all: readonly Host[];
  /** Whether `DOCKER_HOSTS` is set. Then responses name the hosts. */
  readonly areNamed: boolean;
  readonly #readers = new Map<string, SampleReader>();

  constructor(
    sources: StatsSources,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    const named = sources.create();
    this.areNamed = named.some(({ host }) => host !== undefined);
    const queues = {
      healthy: pLimit(settings.DOCKER_CONCURRENCY),
      suspect: pLimit(settings.DOCKER_CONCURRENCY),
    };
    this.all = named.map(({ host, source }) => {
      const queued = this.areNamed ? new QueuedSource(source, queues, settings.HOST_WAIT_MS) : source;
      return new Host({ host, source: queued }, settings, clock);
    });
  }

  /** Returns the reader of the samples of these hosts, which are some of {@link all}. */
  getReader(hosts: readonly Host[]): SampleReader {
    const [first] = hosts;
    if (!this.areNamed && first !== undefined) return first.sampler;
    const id = hosts.map(({ name }) => name).join();
    const reader = this.#readers.get(id) ?? new MergedReader(hosts, this.settings, this.clock);
    this.#readers.delete(id);
    this.#readers.set(id, reader); // the least recently used one is the first
    const [oldest = ''] = this.#readers.keys();
    if (this.#readers.size > MAX_READERS) this.#readers.delete(oldest);
    return reader;
  }

  /** Stops sampling. */
  onModuleDestroy(): void {
    this.all.forEach(({ sampler }) => sampler.stop());
  }
}
