import type { ContainerStats } from 'docker-stats-client';
import { type StatsRow, getRowName } from './row.js';

/** The fields by which the table can be sorted: those of the API. */
export const SORT_FIELDS = [
  'name',
  'host',
  'project',
  'image',
  'cpuUsage',
  'memoryUsage',
  'networkReceived',
  'networkSent',
  'blockRead',
  'blockWritten',
  'pids',
  'health',
] as const satisfies readonly (keyof ContainerStats)[];

export type SortField = (typeof SORT_FIELDS)[number];

/** A field and a direction. */
export interface SortOrder {
  readonly field: SortField;
  readonly descending: boolean;
}

/** What needs attention is first. */
const HEALTH_RANKS: Readonly<Record<string, string>> = { unhealthy: '0', starting: '1', healthy: '3' };

/** Reads `-cpuUsage` or `name`. */
export function parseSortOrder(text: string): SortOrder | undefined {
  const descending = text.startsWith('-');
  const field = SORT_FIELDS.find((name) => name === text.slice(descending ? 1 : 0));
  return field === undefined ? undefined : { field, descending };
}

export function formatSortOrder({ field, descending }: SortOrder): string {
  return `${descending ? '-' : ''}${field}`;
}

/** The order after a click on the header of a field: the other direction, or of a new field, figures descending and texts ascending. */
export function toggleSortOrder(order: SortOrder, field: SortField): SortOrder {
  if (field === order.field) return { field, descending: !order.descending };
  return { field, descending: !isText(field) };
}

function isText(field: SortField): boolean {
  return ['name', 'host', 'project', 'image', 'health'].includes(field);
}

/** Sorts by a field, then by name. Rows without a value are last in both directions. */
export function sortRows(rows: readonly StatsRow[], { field, descending }: SortOrder): StatsRow[] {
  const sign = descending ? -1 : 1;
  const entries = rows.map((row) => ({
    row,
    value: getSortValue(row, field),
    name: toNaturalKey(getRowName(row)),
  }));
  entries.sort(
    (a, b) =>
      compareValues(a.value, b.value, sign) || compare(a.name, b.name) || compare(a.row.key, b.row.key),
  );
  return entries.map(({ row }) => row);
}

/** Compares values of which `null` is last in both directions. */
export function compareValues(a: string | number | null, b: string | number | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * compare(a, b);
}

const MAX_NATURAL_KEYS = 20_000;

/** The same names come with each sample. */
const naturalKeys = new Map<string, string>();

/** Orders names as people do: without case, and `web-2` before `web-10`. */
export function toNaturalKey(text: string): string {
  const known = naturalKeys.get(text);
  if (known !== undefined) return known;
  if (naturalKeys.size === MAX_NATURAL_KEYS) naturalKeys.clear();
  const key = text.toLowerCase().replaceAll(/\d+/g, (digits) => digits.padStart(10, '0'));
  naturalKeys.set(text, key);
  return key;
}

function getSortValue(row: StatsRow, field: SortField): string | number | null {
  if (field === 'name') return toNaturalKey(getRowName(row));
  const value = getValue(row, field);
  return typeof value === 'string' ? toNaturalKey(value) : value;
}

function getValue(row: StatsRow, field: Exclude<SortField, 'name'>): string | number | null {
  if (field === 'host' || field === 'project') return row[field];
  if (row.kind === 'skipped') return null;
  return field === 'health' ? getHealthRank(row.container) : row.container[field];
}

function getHealthRank({ health, state }: ContainerStats): string | null {
  return state === 'paused' ? '2' : health === null ? null : (HEALTH_RANKS[health] ?? null);
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
