import type { ContainerStats, SkippedRow, StatsSample } from './stats-sample.js';

/** What a reference to a container leads to in a sample. */
export type Found =
  | { readonly kind: 'one'; readonly container: ContainerStats }
  | { readonly kind: 'several'; readonly count: number }
  | { readonly kind: 'skipped'; readonly row: SkippedRow }
  | { readonly kind: 'none' };

/**
 * Finds a container as the docker CLI does: by its whole id, else its name, else the beginning of its id. A reference
 * that fits several containers is not guessed at.
 */
export function findContainer(sample: StatsSample, reference: string): Found {
  const fits: ((id: string, name: string) => boolean)[] = [
    (id) => id === reference,
    (_id, name) => name === reference,
    (id) => id.startsWith(reference),
  ];
  for (const fit of fits) {
    const found = new Map(
      sample.containers.filter(({ id, name }) => fit(id, name)).map((one) => [one.id, one]),
    );
    const [container] = found.values();
    if (found.size > 1) return { kind: 'several', count: found.size };
    if (container !== undefined) return { kind: 'one', container };
  }
  const row = sample.skipped.find(({ container }) => container !== null && isSame(container, reference));
  return row === undefined ? { kind: 'none' } : { kind: 'skipped', row };
}

/** A skipped row may carry the short id where the reference is the long one, or the other way round. */
function isSame(label: string, reference: string): boolean {
  return label.startsWith(reference) || (label.length >= 12 && reference.startsWith(label));
}
