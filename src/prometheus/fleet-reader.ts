import type { HostSelection } from '../sampling/hosts/hosts.js';
import { mergeSamples } from '../sampling/hosts/merge-samples.js';
import { selectHosts } from '../sampling/hosts/select-hosts.js';
import type { SampleWatcher } from '../sampling/sampler/run-observers.js';
import type { Freshness, SampleReader } from '../sampling/sampler/sample-reader.js';
import type { StatsSampler } from '../sampling/sampler/stats-sampler.js';
import type { StatsSample } from '../sampling/stats-sample.js';

/** Gives the samples of a part of a fleet: from a sample of the whole fleet if it is fresh, else by queries for this part. */
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

  findSample(freshness?: Freshness, client?: string): StatsSample | undefined {
    const sample = this.sampler.findSample(freshness, client);
    if (sample !== undefined) return sample;
    const whole = this.whole.findSample({ maxAgeMs: freshness?.maxAgeMs });
    return whole && this.#getPart(whole);
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

  /** Returns `undefined` if none of the hosts has figures. */
  #getPart(whole: StatsSample): StatsSample | undefined {
    const { visible, selected } = this.selection;
    if (visible === undefined && selected === undefined) return whole;
    const known = this.#parts.get(whole);
    if (known !== undefined) return known;
    const merged = mergeSamples(selectHosts(whole.hosts ?? [], this.selection));
    if (merged === undefined) return undefined;
    const part = { ...whole, ...merged };
    this.#parts.set(whole, part);
    return part;
  }
}
