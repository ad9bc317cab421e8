import { memo } from '../memo.js';
import type { Column } from './columns.js';
import { type SortField, type SortOrder, toggleSortOrder } from './rows/sort.js';

interface TableHeadProps {
  readonly columns: readonly Column[];
  readonly sort: SortOrder;
  readonly onArrange: (change: { readonly sort: SortOrder }) => void;
}

/** The header: each column sorts the table. */
export const TableHead = memo(({ columns, sort, onArrange }: TableHeadProps) => (
  <thead>
    <tr aria-rowindex={1}>
      {columns.map(({ field, label, title, isFigure }) => (
        <th
          key={field}
          scope="col"
          class={isFigure ? `${field} number` : field}
          aria-sort={getAriaSort(field, sort)}
        >
          <button
            type="button"
            title={title}
            onClick={() => onArrange({ sort: toggleSortOrder(sort, field) })}
          >
            {label}
            <span class="arrow" aria-hidden="true" />
          </button>
        </th>
      ))}
    </tr>
  </thead>
));

function getAriaSort(field: SortField, sort: SortOrder): 'ascending' | 'descending' | 'none' {
  if (field !== sort.field) return 'none';
  return sort.descending ? 'descending' : 'ascending';
}
