import { matchesName } from './name-pattern.js';
import { TimeSlices } from './time-slices.js';

/** The items of which a name matches one of the patterns; those without a name match none. In time slices. */
export async function selectByName<T>(
  items: readonly T[],
  patterns: readonly string[],
  nameOf: (item: T) => string | undefined,
): Promise<T[]> {
  const selected: T[] = [];
  const slices = new TimeSlices();
  for (const item of items) {
    if (slices.isOver) await slices.next(); // oxlint-disable-line no-await-in-loop -- that is the point
    const name = nameOf(item);
    if (name !== undefined && patterns.some((pattern) => matchesName(pattern, name))) selected.push(item);
  }
  return selected;
}
