import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import type { StatsSample } from '../../sampling/stats-sample.js';

/** A full id or a prefix: docker prints 12 digits without `--no-trunc`. */
const ID = /^[\da-f]{12,64}$/;

/** Whether a text looks like an id or an id prefix. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** The result of {@link findContainer}. */
export type ContainerMatch =
  | { readonly kind: 'one'; readonly container: ContainerStats }
  | { readonly kind: 'several'; readonly containers: readonly ContainerStats[] }
  | { readonly kind: 'skipped'; readonly row: SkippedRow }
  | { readonly kind: 'none' };

/**
 * Finds a container by full id, else by name, else by an id prefix of at least 12 characters. The docker CLI accepts shorter
 * prefixes, but it also knows the stopped containers. A sample does not: `db` may be the name of a stopped container, and would
 * then find a running container whose id starts with `db`.
 */
export function findContainer(sample: StatsSample, reference: string): ContainerMatch {
  const matchers: ((id: string, name: string) => boolean)[] = [
    (id) => id === reference,
    (_id, name) => name === reference,
    (id) => isId(reference) && id.startsWith(reference),
  ];
  for (const matches of matchers) {
    const found = new Map(
      sample.containers
        .filter(({ id, name }) => matches(id, name))
        .map((one) => [`${one.host ?? ''} ${one.id}`, one]),
    );
    const [container] = found.values();
    if (found.size > 1) return { kind: 'several', containers: [...found.values()] };
    if (container !== undefined) return { kind: 'one', container };
    const row = sample.skipped.find((skipped) => matches(skipped.id ?? '', skipped.container ?? ''));
    if (row !== undefined) return { kind: 'skipped', row };
  }
  // A skipped row may have only a short id.
  const row = sample.skipped.find(({ id }) => id !== null && isId(id) && reference.startsWith(id));
  return row === undefined ? { kind: 'none' } : { kind: 'skipped', row };
}
