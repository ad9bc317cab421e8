import { compare } from '../../sampling/order.js';
import type { TimeSlices } from '../../sampling/time-slices.js';

/** Sorting so many items at once is short enough for one time slice. */
const MAX_RUN = 256;

/** Whether an order is descending: the highest value first. */
const DESCENDING = '-';

/** Returns the values that the parameter `sort` accepts for these fields: each one, and each one in descending order. */
export function listSortOrders(fields: readonly string[]): string[] {
  return fields.flatMap((field) => [field, DESCENDING + field]);
}

/** Returns the field of an order. */
export function getSortField(order: string): string {
  return order.replace(DESCENDING, '');
}

/** The fields of an item by which it can be sorted. */
type Sortable = Readonly<Record<string, string | number | null>>;

type Comparison<T> = (a: T, b: T) => number;

/**
 * Sorts items by a field; `-` before its name means descending. Items without a value are last. Items with the same value keep
 * their order. Works in time slices: comparing long labels takes long.
 */
export function sortBy<T extends object>(
  items: readonly T[],
  order: string,
  slices: TimeSlices,
): Promise<readonly T[]> {
  const sign = order.startsWith(DESCENDING) ? -1 : 1;
  const field = getSortField(order);
  const getValue = (item: T): string | number | null => (item as Sortable)[field] ?? null;
  return mergeSort(items, (a, b) => compareValues(getValue(a), getValue(b), sign), slices);
}

async function mergeSort<T>(
  items: readonly T[],
  comparison: Comparison<T>,
  slices: TimeSlices,
): Promise<readonly T[]> {
  if (items.length <= MAX_RUN) return items.toSorted(comparison);
  const middle = Math.ceil(items.length / 2);
  const left = await mergeSort(items.slice(0, middle), comparison, slices);
  const right = await mergeSort(items.slice(middle), comparison, slices);
  return slices.map(merge(left.values(), right, comparison), (item) => item);
}

function* merge<T>(left: Iterator<T>, right: readonly T[], comparison: Comparison<T>): Generator<T> {
  let next = left.next();
  for (const item of right) {
    for (; !next.done && comparison(next.value, item) <= 0; next = left.next()) yield next.value;
    yield item;
  }
  for (; !next.done; next = left.next()) yield next.value;
}

function compareValues(a: string | number | null, b: string | number | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * compare(a, b);
}
