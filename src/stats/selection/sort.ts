/** Whether an order is descending: the highest value first. */
const DESCENDING = '-';

/** Returns the values that the parameter `sort` accepts for these fields: each one, and each one in descending order. */
export function listSortOrders(fields: readonly string[]): string[] {
  return fields.flatMap((field) => [field, DESCENDING + field]);
}

/** The fields of an item by which it can be sorted. */
type Sortable = Readonly<Record<string, string | number | null>>;

/**
 * Sorts items by a field; `-` before its name means descending. Items without a value are last. Items with the same value keep
 * their order.
 */
export function sortBy<T extends object>(items: readonly T[], order: string): T[] {
  const sign = order.startsWith(DESCENDING) ? -1 : 1;
  const field = order.replace(DESCENDING, '');
  const getValue = (item: T): string | number | null => (item as Sortable)[field] ?? null;
  return items.toSorted((a, b) => compareValues(getValue(a), getValue(b), sign));
}

function compareValues(a: string | number | null, b: string | number | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (Number(a > b) - Number(a < b));
}
