import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import type { Clock } from '../sampling/clock.js';
import { Host } from '../sampling/hosts/host.js';
import { Hosts, type HostSelection } from '../sampling/hosts/hosts.js';
import { normalizePatterns } from '../sampling/pattern.js';
import type { SampleReader } from '../sampling/sampler/sample-reader.js';
import { PrometheusClient } from './client/prometheus-client.js';
import { FleetReader } from './fleet-reader.js';
import { PrometheusSource, type SourceSelection } from './prometheus-source.js';
import { formatMatcher } from './queries/promql.js';
import { RememberedHosts } from './remembered-hosts.js';

/** The number of kept readers, and of the containers in their samples. Clients may select hosts in many ways. */
const MAX_READERS = 100;
const MAX_CONTAINERS = 200_000;

/** The Docker hosts whose figures a Prometheus has. */
@Injectable()
export class FleetHosts extends Hosts implements OnModuleDestroy {
  override readonly areNamed = true;
  override readonly areListed = false;
  override readonly all: readonly Host[];
  /** For queries of the history. */
  readonly client: PrometheusClient;
  readonly #remembered: RememberedHosts;
  readonly #whole: Host;
  readonly #readers = new Map<string, FleetReader>();

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    url: URL,
    private readonly maxContainers = MAX_CONTAINERS,
  ) {
    super();
    this.client = new PrometheusClient(settings, url);
    this.#remembered = new RememberedHosts(clock);
    this.#whole = this.#createHost({});
    this.all = [this.#whole];
  }

  override findReader(selection: HostSelection): SampleReader {
    const { visible, selected, containers, isBasic = false } = selection;
    if (!isBasic && visible === undefined && selected === undefined && containers === undefined)
      return this.#whole.sampler;
    const id = JSON.stringify([isBasic, ...[visible, selected, containers].map(normalizePatterns)]);
    const known = this.#readers.get(id);
    this.#readers.delete(id);
    if (known === undefined) this.#dropOldReaders();
    const reader =
      known ??
      new FleetReader(selection, this.#createHost(selection, this.#whole).sampler, this.#whole.sampler);
    this.#readers.set(id, reader); // the least recently used one is the first
    return reader;
  }

  /** A client that polls several selections counts for each. */
  override countPollingClients(): number {
    const readers = [this.#whole.sampler, ...this.#readers.values()];
    return readers.reduce((sum, { pollingClients }) => sum + pollingClients, 0);
  }

  /** Stops the queries. */
  async onModuleDestroy(): Promise<void> {
    this.#whole.sampler.stop();
    this.#readers.forEach((reader) => reader.stop());
    await this.client.close();
  }

  #createHost(selection: HostSelection, whole?: Host): Host {
    const source = new PrometheusSource(
      this.client,
      this.settings,
      this.clock,
      this.#remembered,
      this.#createSelection(selection),
    );
    return new Host({ host: undefined, source }, this.settings, this.clock, whole);
  }

  #createSelection(selection: HostSelection): SourceSelection {
    const { visible, selected, containers } = selection;
    const hostMatchers = [visible, selected].flatMap((patterns) =>
      patterns === undefined ? [] : formatMatcher(this.settings.PROMETHEUS_HOST_LABEL, patterns),
    );
    const containerMatchers = containers === undefined ? [] : [formatMatcher('name', containers)];
    return { selection, hostMatchers, containerMatchers };
  }

  /** Makes room for a reader. */
  #dropOldReaders(): void {
    let containers = 0;
    for (const { containerCount } of this.#readers.values()) containers += containerCount;
    for (const [id, reader] of this.#readers) {
      if (this.#readers.size < MAX_READERS && containers < this.maxContainers) return;
      if (reader.isWatched) continue;
      reader.stop();
      this.#readers.delete(id);
      containers -= reader.containerCount;
    }
  }
}
