import type { ContainerStats } from 'docker-stats-client';

/** Compares two numbers, or two texts by their UTF-16 code units, so that the order is the same in every locale. */
export function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : Number(a > b);
}

/** Compares containers by host, name and id. */
export function compareContainers(a: ContainerIdentity, b: ContainerIdentity): number {
  return compare(a.host ?? '', b.host ?? '') || compare(a.name, b.name) || compare(a.id, b.id);
}

type ContainerIdentity = Pick<ContainerStats, 'host' | 'name' | 'id'>;

/** Sorts hosts by name. */
export function sortByName<T extends { readonly name: string }>(hosts: readonly T[]): readonly T[] {
  return hosts.toSorted((a, b) => compare(a.name, b.name));
}
