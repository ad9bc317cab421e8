import { matchesName } from './name-pattern.js';
import type { TimeSlices } from '../../sampling/time-slices.js';

/** The items of which a name matches one of the patterns; those without a name match none. */
export async function selectByName<T>(
  items: readonly T[],
  patterns: readonly string[],
  nameOf: (item: T) => string | undefined,
  slices: TimeSlices,
): Promise<T[]> {
  const selected: T[] = [];
  await slices.forEach(items, (item) => {
    const name = nameOf(item);
    if (name !== undefined && patterns.some((pattern) => matchesName(pattern, name))) selected.push(item);
  });
  return selected;
}
