import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import type { StatsSample } from '../../sampling/stats-sample.js';

/** An id, or its beginning: 12 digits are what docker prints without `--no-trunc`. */
const ID = /^[\da-f]{12,64}$/;

/** Whether a text is an id rather than a name, as far as one can tell. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** What a reference to a container leads to in a sample. */
export type Found =
  | { readonly kind: 'one'; readonly container: ContainerStats }
  | { readonly kind: 'several'; readonly count: number }
  | { readonly kind: 'skipped'; readonly row: SkippedRow }
  | { readonly kind: 'none' };

/**
 * Finds a container by its whole id, else its name, else the beginning of its id: 12 characters or more, as docker
 * prints it. (The docker CLI takes fewer, but it knows the stopped containers too: here `db` may be the name of one, and
 * the beginning of another one's id.) A reference that fits several containers is not guessed at.
 */
export function findContainer(sample: StatsSample, reference: string): Found {
  const fits: ((id: string, name: string) => boolean)[] = [
    (id) => id === reference,
    (_id, name) => name === reference,
    (id) => isId(reference) && id.startsWith(reference),
  ];
  for (const fit of fits) {
    const found = new Map(
      sample.containers.filter(({ id, name }) => fit(id, name)).map((one) => [one.id, one]),
    );
    const [container] = found.values();
    if (found.size > 1) return { kind: 'several', count: found.size };
    if (container !== undefined) return { kind: 'one', container };
    const row = sample.skipped.find(({ container: label }) => label !== null && fit(label, label));
    if (row !== undefined) return { kind: 'skipped', row };
  }
  // A skipped row may carry the short id alone.
  const row = sample.skipped.find(
    ({ container }) => container !== null && isId(container) && reference.startsWith(container),
  );
  return row === undefined ? { kind: 'none' } : { kind: 'skipped', row };
}
