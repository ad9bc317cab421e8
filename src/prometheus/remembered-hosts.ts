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

  /** Remembers the hosts with figures. Adds the selected hosts that the storage has forgotten. */
  complete(states: HostStates, { visible, selected }: HostSelection): HostStates {
    const named = new Set(states.hosts.map(({ name }) => name));
    const forgotten: HostState[] = [];
    for (const [name, { scrapedAt, readAt }] of this.#hosts) {
      if (readAt < this.clock.now() - MEMORY_S * 1000) this.#hosts.delete(name);
      else if (!named.has(name) && matchesAny(visible, name) && matchesAny(selected, name)) {
        forgotten.push(createGoneHost(name, scrapedAt));
      }
    }
    for (const { name, target } of states.hosts) {
      if (target === undefined) continue;
      this.#hosts.set(name, { scrapedAt: target.scrapedAt, readAt: this.clock.now() });
    }
    return forgotten.length === 0
      ? states
      : { ...states, hosts: sortByName([...states.hosts, ...forgotten]) };
  }
}
