import type { JSX } from 'preact';
import { GROUP_FIELDS, type GroupField } from './rows/group.js';

interface ToolbarProps {
  readonly filter: string;
  readonly hasHosts: boolean;
  readonly groupBy: GroupField | undefined;
  /** How many containers match the filter, and how many there are. */
  readonly matching: number;
  readonly total: number;
  /** Why the rows are as they are. */
  readonly note: string;
  readonly onFilter: (filter: string) => void;
  readonly onGroup: (groupBy: GroupField | undefined) => void;
}

/** What is above the table: the filter and the groups. */
export function Toolbar(props: ToolbarProps): JSX.Element {
  const { filter, hasHosts, groupBy, matching, total, note, onFilter, onGroup } = props;
  const label = `Filter by name, ${hasHosts ? 'host, ' : ''}project or image`;
  return (
    <div class="toolbar">
      <input
        id="filter"
        type="search"
        aria-label={label}
        placeholder={label}
        title={`Words must all match. * and ? are wildcards. project:shop, image:nginx* and name:web look at one column.${hasHosts ? ' host:web1 is one host.' : ''}`}
        autocomplete="off"
        spellcheck={false}
        value={filter}
        onInput={(event) => onFilter(event.currentTarget.value)}
      />
      {GROUP_FIELDS.filter((field) => hasHosts || field !== 'host').map((field) => (
        <label key={field} class="toggle">
          <input
            type="checkbox"
            checked={groupBy === field}
            onChange={(event) => onGroup(event.currentTarget.checked ? field : undefined)}
          />
          {`Group by ${field}`}
        </label>
      ))}
      <span class="matching">{filter.trim() === '' || total === 0 ? '' : `${matching} of ${total}`}</span>
      <span class="note">{note}</span>
    </div>
  );
}
