import type { Clock } from '../clock.js';
import type { SampleWatcher } from '../sampler/run-observers.js';
import type { StatsSample } from '../stats-sample.js';
import type { Host } from './host.js';

/** The longest time that a new result of one host waits for those of the others, to be passed on together. */
const MAX_DELAY_MS = 1000;

/** Watches several hosts for several watchers: passes on what the hosts have together. */
export class MergedWatch {
  readonly #watchers = new Set<SampleWatcher>();
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
    this.#watchers.add(watcher);
    if (isFirst) this.#start();
    else if (this.hosts.some(hasResult)) this.#pass([watcher]);
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
    this.#pass([...this.#watchers]);
  }

  #pass(watchers: readonly SampleWatcher[]): void {
    try {
      const sample = this.read();
      watchers.forEach((watcher) => watcher.onSample(sample));
    } catch (error) {
      watchers.forEach((watcher) => watcher.onFailure(error));
    }
  }
}

function hasResult({ sampler }: Host): boolean {
  return sampler.failure !== undefined || sampler.latestSample !== undefined;
}
