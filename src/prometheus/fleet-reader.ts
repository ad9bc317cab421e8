import type { HostSelection } from '../sampling/hosts/hosts.js';
import { mergeSamples } from '../sampling/hosts/merge-samples.js';
import { selectHosts } from '../sampling/hosts/select-hosts.js';
import type { SampleWatcher } from '../sampling/sampler/run-observers.js';
import type { Freshness, SampleReader } from '../sampling/sampler/sample-reader.js';
import type { StatsSampler } from '../sampling/sampler/stats-sampler.js';
import { getReadAt, type StatsSample } from '../sampling/stats-sample.js';

/** Gives the samples of a part of a fleet: from samples of the whole fleet if there are fresh ones, else by queries for this part. */
export class FleetReader implements SampleReader {
  readonly #parts = new WeakMap<StatsSample, StatsSample>();

  constructor(
    private readonly selection: HostSelection,
    private readonly sampler: StatsSampler,
    private readonly whole: StatsSampler,
  ) {}

  get isWatched(): boolean {
    return this.sampler.isWatched;
  }

  get pollingClients(): number {
    return this.sampler.pollingClients;
  }

  /** The number of containers in its latest sample. */
  get containerCount(): number {
    return this.sampler.latestSample?.containers.length ?? 0;
  }

  findSample(freshness: Freshness = {}, client?: string): StatsSample | undefined {
    const fresh = { maxAgeMs: freshness.maxAgeMs };
    const part = this.#findPart(fresh);
    if (part !== undefined) return getNewer(part, this.sampler.peekSample(fresh));
    const own = this.sampler.findSample(freshness, client);
    const stalePart = this.#findPart(freshness);
    if (own === undefined && stalePart !== undefined) this.sampler.refresh();
    return getNewer(own, stalePart);
  }

  waitForSample(freshness?: Freshness, signal?: AbortSignal, client?: string): Promise<StatsSample> {
    return this.sampler.waitForSample(freshness, signal, client);
  }

  watch(watcher: SampleWatcher): () => void {
    return this.sampler.watch(watcher);
  }

  /** Stops the queries in the background. */
  stop(): void {
    this.sampler.stop();
  }

  /** Finds the part of a sample of the whole fleet; `undefined` if none of the hosts has figures. */
  #findPart(freshness: Freshness): StatsSample | undefined {
    const whole = this.whole.peekSample(freshness);
    const { visible, selected } = this.selection;
    if (whole === undefined || (visible === undefined && selected === undefined)) return whole;
    const known = this.#parts.get(whole);
    if (known !== undefined) return known;
    const merged = mergeSamples(selectHosts(whole.hosts ?? [], this.selection));
    if (merged === undefined) return undefined;
    const part = { ...whole, ...merged };
    this.#parts.set(whole, part);
    return part;
  }
}

/** Returns the sample that was read later. */
function getNewer(a: StatsSample | undefined, b: StatsSample | undefined): StatsSample | undefined {
  return getReadAt(b) > getReadAt(a) ? b : a;
}
