import type { ContainerStats } from 'docker-stats-client';

/** The fields of a container that `docker ps` gives. */
export type ContainerDetails = Pick<
  ContainerStats,
  'image' | 'project' | 'service' | 'state' | 'health' | 'createdAt'
>;

/** A container that `docker ps --all` lists. */
export interface ListedContainer {
  readonly name: string | null;
  /** Whether it has ended, or was never started. */
  readonly isStopped: boolean;
  readonly details: ContainerDetails;
}

/** The details of a container of which nothing is known. */
export const UNKNOWN_DETAILS: ContainerDetails = {
  image: null,
  project: null,
  service: null,
  state: null,
  health: null,
  createdAt: null,
};

/** `docker stats` may print only so many digits of an id. */
const SHORT_ID = 12;

/** The containers that `docker ps --all` lists. */
export class ContainerList {
  readonly #containers = new Map<string, ListedContainer>();

  /** @param id the id, or at least its first 12 digits */
  add(id: string, container: ListedContainer): void {
    this.#containers.set(id.slice(0, SHORT_ID), container);
  }

  /** @param id the id, or at least its first 12 digits */
  find(id: string): ListedContainer | undefined {
    return this.#containers.get(id.slice(0, SHORT_ID));
  }
}
