import type { Clock } from '../clock.js';
import type { SampleWatcher } from '../sampler/run-observers.js';
import type { StatsSample } from '../stats-sample.js';
import type { Host } from './host.js';

/** The longest time that a new result of one host waits for those of the others, to be passed on together. */
const MAX_DELAY_MS = 1000;

/** Watches several hosts for several watchers: passes on what the hosts have together. */
export class MergedWatch {
  /** The watchers, and the last sample that each got. */
  readonly #watchers = new Map<SampleWatcher, StatsSample | undefined>();
  /** The hosts with a result that is not passed on yet. */
  readonly #changed = new Set<Host>();
  #unwatch: readonly (() => void)[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(
    private readonly hosts: readonly Host[],
    private readonly clock: Clock,
    /** Returns what the hosts have; throws if none has a sample. */
    private readonly read: () => StatsSample,
  ) {}

  /** Adds a watcher; the returned function removes it. */
  add(watcher: SampleWatcher): () => void {
    const isFirst = this.#watchers.size === 0;
    this.#watchers.set(watcher, undefined);
    if (isFirst) this.#start();
    else this.#pass([watcher]);
    return () => {
      if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#stop();
    };
  }

  #start(): void {
    this.#unwatch = this.hosts.map((host) =>
      host.sampler.watch({
        onSample: () => this.#change(host),
        onFailure: () => this.#change(host),
      }),
    );
  }

  #stop(): void {
    this.#unwatch.forEach((unwatch) => unwatch());
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#changed.clear();
  }

  #change(host: Host): void {
    this.#changed.add(host);
    const isComplete = this.hosts.every((one) => this.#changed.has(one) || !one.isWorthWaitingFor);
    if (isComplete) this.#passAll();
    else this.#cancelTimer ??= this.clock.after(MAX_DELAY_MS, () => this.#passAll());
  }

  #passAll(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#changed.clear();
    this.#pass([...this.#watchers.keys()]);
  }

  #pass(watchers: readonly SampleWatcher[]): void {
    const result = this.#read();
    // No failure yet: a host may still give the first figures.
    if (!('sample' in result) && this.hosts.some(({ isWorthWaitingFor }) => isWorthWaitingFor)) return;
    for (const watcher of watchers) {
      if (!this.#watchers.has(watcher)) continue; // an earlier watcher has removed it
      if (!('sample' in result)) watcher.onFailure(result.error);
      else this.#passSample(watcher, result.sample);
    }
  }

  /** Passes on only news: a host that fails again and again changes nothing. */
  #passSample(watcher: SampleWatcher, sample: StatsSample): void {
    if (this.#watchers.get(watcher) === sample) return;
    this.#watchers.set(watcher, sample);
    watcher.onSample(sample);
  }

  #read(): { readonly sample: StatsSample } | { readonly error: unknown } {
    try {
      return { sample: this.read() };
    } catch (error) {
      return { error };
    }
  }
}
