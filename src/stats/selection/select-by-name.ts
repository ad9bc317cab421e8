import { matchesName } from './name-pattern.js';
import type { TimeSlices } from '../../sampling/time-slices.js';

/** Returns the items whose name matches one of the patterns. Items without a name match none. */
export async function selectByName<T>(
  items: readonly T[],
  patterns: readonly string[],
  getName: (item: T) => string | undefined,
  slices: TimeSlices,
): Promise<T[]> {
  const selected: T[] = [];
  await slices.forEach(items, (item) => {
    const name = getName(item);
    if (name !== undefined && patterns.some((pattern) => matchesName(pattern, name))) selected.push(item);
  });
  return selected;
}
