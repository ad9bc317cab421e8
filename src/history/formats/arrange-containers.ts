import { getSortField, sortBy } from '../../stats/selection/sort.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { type FieldSource, HISTORY_FIELDS } from '../figures/history-fields.js';
import { roundFigure } from '../figures/round-figure.js';
import { summarize } from '../figures/summarize.js';
import type { HistoryWindow } from '../store/history-window.js';
import { readField } from './history-table.js';

/** The order of the containers, and their number. */
export interface Arrangement {
  /** The field to sort by; `-` before its name means descending. By default, the order of the window. */
  readonly sort?: string | undefined;
  readonly limit?: number | undefined;
}

/** Sorts the containers of a window, and keeps the first ones. Works in time slices. */
export async function arrangeContainers(
  window: HistoryWindow,
  { sort, limit }: Arrangement,
  slices: TimeSlices,
): Promise<HistoryWindow> {
  const order = sort === undefined ? [...window.containers.keys()] : await sortIndexes(window, sort, slices);
  return window.pick(order.slice(0, limit));
}

async function sortIndexes(window: HistoryWindow, sort: string, slices: TimeSlices): Promise<number[]> {
  const field = HISTORY_FIELDS.find(({ name }) => name === getSortField(sort));
  const items = await slices.map(window.containers.entries(), ([n, container]) =>
    field === undefined ? { ...container, n } : { [field.name]: readSortValue(window, n, field), n },
  );
  return (await sortBy(items, sort, slices)).map(({ n }) => n);
}

/** Returns the average of a figure over the window, or the last value of a total; `null` without a value. */
function readSortValue(window: HistoryWindow, n: number, field: FieldSource): number | null {
  const values = readField(window, n, field);
  const value =
    field.kind === 'counter'
      ? values.findLast((one) => !Number.isNaN(one))
      : summarize(values, field.kind).avg;
  // Rounded as in the response, so that containers with the same value keep their order.
  return value === undefined || value === null ? null : roundFigure(value);
}
