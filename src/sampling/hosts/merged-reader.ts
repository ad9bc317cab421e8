import type { Settings } from '../../config/settings.js';
import type { Clock } from '../clock.js';
import type { SampleWatcher } from '../sampler/run-observers.js';
import type { Freshness, SampleReader } from '../sampler/sample-reader.js';
import type { SampledHost, StatsSample } from '../stats-sample.js';
import { StatsSourceError } from '../stats-source.error.js';
import type { Host } from './host.js';
import { HostResults } from './host-results.js';
import { mergeSamples } from './merge-samples.js';
import { MergedWatch } from './merged-watch.js';

/** Gives the samples of several hosts as one. A host without figures is named in it; it neither hides nor delays the others. */
export class MergedReader implements SampleReader {
  readonly #watch: MergedWatch;
  #latest: StatsSample | undefined;

  constructor(
    private readonly hosts: readonly Host[],
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.#watch = new MergedWatch(hosts, clock, () => this.#merge(this.#readAll()));
  }

  findSample(freshness?: Freshness, client?: string): StatsSample | undefined {
    const found = this.hosts.map((host) => ({ host, sample: host.sampler.findSample(freshness, client) }));
    const missing = found.filter(({ sample }) => sample === undefined);
    if (missing.length === this.hosts.length || missing.some(({ host }) => host.isWorthWaitingFor)) {
      return undefined;
    }
    missing.forEach(({ host }) => host.sampler.refresh());
    return this.#merge(found.map(({ host, sample }) => toSampledHost(host, sample)));
  }

  /**
   * Waits until every host has given its sample or has failed. If at least one has figures, waits for the others at most
   * `HOST_WAIT_MS`.
   *
   * @throws {StatsSourceError} if no host gives figures
   */
  async waitForSample(freshness?: Freshness, signal?: AbortSignal, client?: string): Promise<StatsSample> {
    signal?.throwIfAborted();
    const { HOST_WAIT_MS, STATS_MAX_AGE_MS } = this.settings;
    const { maxAgeMs: requestedMs, maxStaleMs = 0 } = freshness ?? {};
    const maxAgeMs = Math.min(requestedMs || Infinity, STATS_MAX_AGE_MS) + maxStaleMs;
    const results = new HostResults(this.hosts, this.clock, { maxWaitMs: HOST_WAIT_MS, maxAgeMs });
    await results.collect(freshness, signal, client);
    return this.#merge(this.hosts.map((host) => toSampledHost(host, results.get(host))));
  }

  watch(watcher: SampleWatcher): () => void {
    return this.#watch.add(watcher);
  }

  #readAll(): SampledHost[] {
    return this.hosts.map((host) => toSampledHost(host, host.sampler.findSample()));
  }

  /**
   * Merges what the hosts gave. Returns the same object as long as nothing changes, so that what is made from it can be shared.
   *
   * @throws {StatsSourceError} if no host gave a sample
   */
  #merge(hosts: readonly SampledHost[]): StatsSample {
    if (this.#latest?.hosts?.every((host, n) => isSame(host, hosts[n])) === true) return this.#latest;
    const merged = mergeSamples(hosts);
    if (merged === undefined) throw createError(this.hosts);
    this.#latest = merged;
    return merged;
  }
}

function toSampledHost(host: Host, sample: StatsSample | undefined): SampledHost {
  return {
    name: host.name,
    sample,
    failure: sample === undefined ? host.findTrouble().failure : undefined,
  };
}

function isSame(a: SampledHost, b: SampledHost | undefined): boolean {
  return (
    a.sample === b?.sample &&
    a.failure?.code === b?.failure?.code &&
    a.failure?.reason === b?.failure?.reason &&
    a.failure?.since.getTime() === b?.failure?.since.getTime()
  );
}

/** Creates the error of the first host; names the others. */
function createError(hosts: readonly Host[]): unknown {
  const [first, ...others] = hosts.map((host) => ({ host, ...host.findTrouble() }));
  const error = first?.error;
  if (!(error instanceof StatsSourceError)) return error;
  const also = others.map(({ host, failure }) => `${host.name} (${failure.code})`).join(', ');
  const addHosts = (text: string): string =>
    `${first?.host.name}: ${text}${also === '' ? '' : `; also without figures: ${also}`}`;
  return new StatsSourceError(
    { code: error.code, advice: error.advice, reason: addHosts(error.reason) },
    addHosts(error.message),
    { cause: error },
  );
}
