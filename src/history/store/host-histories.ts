import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Clock } from '../../sampling/clock.js';
import type { Host } from '../../sampling/hosts/host.js';
import { Hosts } from '../../sampling/hosts/hosts.js';
import { SampleHistory } from './sample-history.js';

/** The history of each Docker host. The hosts share `HISTORY_MAX_BYTES` equally. */
@Injectable()
export class HostHistories {
  readonly #histories = new Map<Host, SampleHistory>();

  constructor({ all, areListed }: Hosts, { HISTORY_MS, HISTORY_MAX_BYTES }: Settings, clock: Clock) {
    const limits = { maxAgeMs: HISTORY_MS, maxBytes: Math.floor(HISTORY_MAX_BYTES / all.length) };
    for (const host of all) {
      const history = new SampleHistory(limits, clock);
      this.#histories.set(host, history);
      // The history of a fleet is in Prometheus.
      if (HISTORY_MS > 0 && areListed) host.sampler.observe({ onSample: (sample) => history.add(sample) });
    }
  }

  /** The number of hosts. */
  get count(): number {
    return this.#histories.size;
  }

  /** The number of kept samples of all hosts. */
  get size(): number {
    return this.#sum(({ size }) => size);
  }

  /** The memory of the kept samples of all hosts in bytes. */
  get bytes(): number {
    return this.#sum(({ bytes }) => bytes);
  }

  /** Returns the history of a host. */
  get(host: Host): SampleHistory {
    const history = this.#histories.get(host);
    if (history === undefined) throw new Error('The host is not one of this service');
    return history;
  }

  #sum(getValue: (history: SampleHistory) => number): number {
    return [...this.#histories.values()].reduce((sum, history) => sum + getValue(history), 0);
  }
}
