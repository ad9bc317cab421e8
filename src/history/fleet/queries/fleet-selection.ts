import type { ContainerStats } from 'docker-stats-client';
import { toKey } from './container-directory.js';

/** The containers and hosts whose points a response needs. */
export class FleetSelection {
  /** The selected hosts; `undefined` if all are. */
  readonly hosts: ReadonlySet<string> | undefined;
  readonly #containers: ReadonlySet<string>;

  /** @param hasAllHosts also those without one of the containers */
  constructor(containers: readonly ContainerStats[], hasAllHosts: boolean) {
    this.hosts = hasAllHosts ? undefined : new Set(containers.map(({ host = '' }) => host));
    this.#containers = new Set(containers.map(({ host = '', id }) => toKey(host, id)));
  }

  /** Whether it has a container, or a host if there is no id. */
  has(host: string, id: string | undefined): boolean {
    return id === undefined ? (this.hosts?.has(host) ?? true) : this.#containers.has(toKey(host, id));
  }
}
