import type { Clock } from '../sampling/clock.js';
import type { HostSelection } from '../sampling/hosts/hosts.js';
import { matchesAny } from '../sampling/hosts/select-hosts.js';
import { sortByName } from '../sampling/order.js';
import { createGoneHost, type HostState, type HostStates, MEMORY_S } from './queries/host-states.js';

/** A host that had figures. */
interface RememberedHost {
  /** When it was scraped last, in seconds since the Unix epoch. */
  readonly scrapedAt: number;
  /** When the service read that, on the monotonic `Clock`. */
  readonly readAt: number;
}

/**
 * Remembers the hosts that had figures in the last hour. A storage that lost its data, or a part of it, does not name them any more: then
 * their containers would be missing without a word.
 */
export class RememberedHosts {
  readonly #hosts = new Map<string, RememberedHost>();

  constructor(private readonly clock: Clock) {}

  /**
   * Remembers the hosts with figures. Adds the selected hosts that the storage has forgotten. A host that failed lately had figures until
   * its last remembered scrape: the storage knows that only to the minute.
   */
  complete({ time, hosts }: HostStates, { visible, selected }: HostSelection): HostStates {
    this.#forgetOldHosts();
    const named = new Set(hosts.map(({ name }) => name));
    const forgotten = [...this.#hosts]
      .filter(([name]) => !named.has(name) && matchesAny(visible, name) && matchesAny(selected, name))
      .map(([name, { scrapedAt }]) => createGoneHost(name, scrapedAt));
    for (const { name, target } of hosts) {
      if (target === undefined) continue;
      this.#hosts.set(name, { scrapedAt: target.scrapedAt, readAt: this.clock.now() });
    }
    return { time, hosts: sortByName([...hosts.map((host) => this.#dateFailure(host)), ...forgotten]) };
  }

  #forgetOldHosts(): void {
    for (const [name, { readAt }] of this.#hosts) {
      if (readAt < this.clock.now() - MEMORY_S * 1000) this.#hosts.delete(name);
    }
  }

  #dateFailure(host: HostState): HostState {
    const scrapedAt = this.#hosts.get(host.name)?.scrapedAt;
    if (host.failure === undefined || scrapedAt === undefined) return host;
    const since = new Date(Math.max(host.failure.since.getTime(), scrapedAt * 1000));
    return { ...host, failure: { ...host.failure, since } };
  }
}
