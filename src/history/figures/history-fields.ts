import type { Figure, HistoryField } from 'docker-stats-client';
import { CONTAINER_FIELDS } from '../../sampling/container-fields.js';
import { FIGURES } from './figures.js';

/** A field that a request can name. */
export interface FieldSource {
  readonly name: HistoryField;
  /**
   * - `gauge`: a momentary value
   * - `counter`: a total since the start of the container, which docker rounds to 3 digits
   * - `rate`: MB/s, derived from a counter
   */
  readonly kind: 'gauge' | 'counter' | 'rate';
  /** The position of its figure in {@link FIGURES}. */
  readonly figure: number;
}

const COUNTERS: ReadonlySet<string> = new Set(
  CONTAINER_FIELDS.filter((field) => field.unit === 'io').map(({ name }) => name),
);

/** Every field that a request can name: the figures, then the rates. */
export const HISTORY_FIELDS: readonly FieldSource[] = [
  ...FIGURES.map((name, figure) => ({ name, kind: getKind(name), figure })),
  ...FIGURES.map((name, figure) => ({
    name: `${name}Rate` as HistoryField,
    kind: 'rate' as const,
    figure,
  })).filter(({ figure }) => getKind(FIGURES[figure]) === 'counter'),
];

/** Every field by which a request can sort the containers. */
export const SORT_FIELDS: readonly string[] = [
  'name',
  'project',
  'service',
  'image',
  ...HISTORY_FIELDS.map(({ name }) => name),
];

/** The fields of a request that names none. */
export const DEFAULT_FIELDS: readonly HistoryField[] = ['cpuUsage', 'memoryUsage'];

function getKind(name: Figure | undefined): 'gauge' | 'counter' {
  return name !== undefined && COUNTERS.has(name) ? 'counter' : 'gauge';
}
