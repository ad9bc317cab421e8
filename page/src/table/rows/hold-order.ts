import { type StatsRow } from './row.js';

/**
 * Keeps every row at its place while the user points at it. New rows are added at the end. A container that has ended keeps its
 * row, so that the rows below do not move.
 */
export function holdOrder(shown: readonly StatsRow[], current: readonly StatsRow[]): StatsRow[] {
  const added = new Map(current.map((row) => [row.key, row]));
  const kept = shown.map((row): StatsRow => {
    const update = added.get(row.key);
    added.delete(row.key);
    return update ?? { ...row, ended: true };
  });
  return [...kept, ...added.values()];
}
