import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock.js';
import type { Freshness } from '../sampler/sample-reader.js';
import { getAgeMs, type StatsSample } from '../stats-sample.js';
import type { Host } from './host.js';

/** How long a reader waits. */
export interface WaitLimits {
  /** From then on, the reader waits only until one host has given its sample. */
  readonly maxWaitMs: number;
  /** A sample that becomes older than this while the reader waits for other hosts is replaced. */
  readonly maxAgeMs: number;
}

/** Collects the samples of hosts for one reader. */
export class HostResults {
  readonly #samples = new Map<Host, StatsSample>();
  readonly #pending = new Set<Host>();
  readonly #abort = new AbortController();
  readonly #timers = new Map<Host | 'wait', () => void>();
  #isLate = false;
  #end: (() => void) | undefined;

  constructor(
    private readonly hosts: readonly Host[],
    private readonly clock: Clock,
    private readonly limits: WaitLimits,
  ) {
    setMaxListeners(hosts.length, this.#abort.signal); // each pending host listens; the default of 10 prints a warning
  }

  /** Returns the sample of a host; `undefined` if it gave none. */
  get(host: Host): StatsSample | undefined {
    return this.#samples.get(host);
  }

  /**
   * Reads the samples at hand, and waits until every other host that is worth it has given its sample or has failed.
   *
   * @param signal stops the waiting: the promise rejects with the reason of the signal
   */
  async collect(freshness?: Freshness, signal?: AbortSignal, client?: string): Promise<void> {
    for (const host of this.hosts) {
      const sample = host.sampler.findSample(freshness);
      if (sample !== undefined) this.#add(host, sample);
      else if (host.isWorthWaitingFor) this.#wait(host, freshness, client);
      else host.sampler.refresh();
    }
    this.#startTimer('wait', this.limits.maxWaitMs, () => {
      this.#isLate = true;
      this.#check();
    });
    let onAbort: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#end = resolve;
        onAbort = () => reject(signal?.reason as Error);
        signal?.addEventListener('abort', onAbort);
        this.#check();
      });
    } finally {
      if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
      this.#stop();
    }
  }

  /** Adds a sample. When it becomes too old, waits for another one. */
  #add(host: Host, sample: StatsSample): void {
    if (this.#abort.signal.aborted) return;
    this.#samples.set(host, sample);
    this.#startTimer(host, this.limits.maxAgeMs - getAgeMs(sample, this.clock), () => {
      this.#samples.delete(host);
      this.#wait(host);
    });
  }

  #wait(host: Host, freshness?: Freshness, client?: string): void {
    this.#pending.add(host);
    void this.#read(host, freshness, client);
  }

  async #read(host: Host, freshness?: Freshness, client?: string): Promise<void> {
    try {
      this.#add(host, await host.sampler.waitForSample(freshness, this.#abort.signal, client));
    } catch {
      if (this.#abort.signal.aborted) return; // else the run failed, and the host knows why
    }
    this.#pending.delete(host);
    this.#check();
  }

  #check(): void {
    if (this.#pending.size === 0 || (this.#isLate && this.#samples.size > 0)) this.#end?.();
  }

  #startTimer(name: Host | 'wait', delayMs: number, action: () => void): void {
    this.#timers.set(name, this.clock.after(delayMs, action));
  }

  /** Stops waiting. The runs go on. */
  #stop(): void {
    this.#abort.abort();
    this.#timers.forEach((cancel) => cancel());
  }
}
