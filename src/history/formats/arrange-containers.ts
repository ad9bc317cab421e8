import { getSortField, sortBy } from '../../stats/selection/sort.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { type FieldSource, HISTORY_FIELDS } from '../figures/history-fields.js';
import { readField, summarizeField } from '../series/read-field.js';
import { roundFigure } from '../figures/round-figure.js';
import type { ContainerSeries } from '../series/container-series.js';

/** The order of the containers, and their number. */
export interface Arrangement {
  /** The field to sort by; `-` before its name means descending. By default, the order stays. */
  readonly sort?: string | undefined;
  readonly limit?: number | undefined;
}

/** Sorts containers, and keeps the first ones. Works in time slices. */
export async function arrangeContainers(
  series: readonly ContainerSeries[],
  { sort, limit }: Arrangement,
  slices: TimeSlices,
): Promise<readonly ContainerSeries[]> {
  const sorted = sort === undefined ? series : await sortSeries(series, sort, slices);
  return sorted.slice(0, limit);
}

async function sortSeries(
  series: readonly ContainerSeries[],
  sort: string,
  slices: TimeSlices,
): Promise<ContainerSeries[]> {
  const field = HISTORY_FIELDS.find(({ name }) => name === getSortField(sort));
  const items = await slices.map(series, (one) =>
    field === undefined ? { ...one.container, one } : { [field.name]: readSortValue(one, field), one },
  );
  return (await sortBy(items, sort, slices)).map(({ one }) => one);
}

/** Returns the average of a figure over the window, or the last value of a total; `null` without a value. */
function readSortValue(series: ContainerSeries, field: FieldSource): number | null {
  const value =
    field.kind === 'counter'
      ? readField(series, field).findLast((one) => !Number.isNaN(one))
      : summarizeField(series, field).avg;
  // Rounded as in the response, so that containers with the same value keep their order.
  return value === undefined || value === null ? null : roundFigure(value);
}
