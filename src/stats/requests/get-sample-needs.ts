import { getViewFields } from '../../sampling/container-fields.js';
import type { StatsSelection } from '../formats/stats-representations.js';
import { FILTER_FIELDS } from '../selection/container-filter.js';
import type { SampleNeeds } from '../selection/host-selector.js';
import { getSortField } from '../selection/sort.js';

const BASIC_FIELDS = new Set<string>(getViewFields(undefined, true).map(({ name }) => name));

/** Returns what a list needs of its sample: less for the basic view, if it is selected and sorted by its own fields. */
export function getSampleNeeds(selection: StatsSelection): SampleNeeds {
  const { view, sort, host: hosts } = selection;
  const used = FILTER_FIELDS.filter((field) => selection[field] !== undefined);
  const sorted = sort === undefined ? [] : [getSortField(sort)];
  return {
    hosts,
    isBasic: view === undefined && [...used, ...sorted].every((field) => BASIC_FIELDS.has(field)),
  };
}
