import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import pLimit from 'p-limit';
import { Settings } from '../../config/settings.js';
import { Clock } from '../clock.js';
import type { SampleReader } from '../sampler/sample-reader.js';
import { StatsSources } from '../stats-source.js';
import { Host } from './host.js';
import { Hosts, type HostSelection } from './hosts.js';
import { MergedReader } from './merged-reader.js';
import { QueuedSource } from './queued-source.js';
import { selectHosts } from './select-hosts.js';

/** The number of kept readers. Clients may select hosts in many ways. */
const MAX_READERS = 100;

/** The Docker hosts of `DOCKER_HOSTS`, or a single one without a name. */
@Injectable()
export class ListedHosts extends Hosts implements OnModuleDestroy {
  override readonly all: readonly Host[];
  /** Whether `DOCKER_HOSTS` is set. */
  override readonly areNamed: boolean;
  override readonly areListed = true;
  readonly #readers = new Map<string, SampleReader>();

  constructor(
    sources: StatsSources,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    super();
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

  override findReader(selection: HostSelection): SampleReader | undefined {
    const hosts = selectHosts(this.all, selection);
    return hosts.length === 0 ? undefined : this.#getReader(hosts);
  }

  #getReader(hosts: readonly Host[]): SampleReader {
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
