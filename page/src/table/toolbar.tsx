import type { JSX } from 'preact';

interface ToolbarProps {
  readonly filter: string;
  readonly isGrouped: boolean;
  /** How many containers match the filter, and how many there are. */
  readonly matching: number;
  readonly total: number;
  /** Why the rows are as they are. */
  readonly note: string;
  readonly onFilter: (filter: string) => void;
  readonly onGroup: (isGrouped: boolean) => void;
}

/** What is above the table: the filter and the groups. */
export function Toolbar(props: ToolbarProps): JSX.Element {
  const { filter, isGrouped, matching, total, note, onFilter, onGroup } = props;
  return (
    <div class="toolbar">
      <input
        id="filter"
        type="search"
        aria-label="Filter by name, project or image"
        placeholder="Filter by name, project or image"
        title="Words must all match. * and ? are wildcards. project:shop, image:nginx* and name:web look at one column."
        autocomplete="off"
        spellcheck={false}
        value={filter}
        onInput={(event) => onFilter(event.currentTarget.value)}
      />
      <label class="toggle">
        <input
          type="checkbox"
          checked={isGrouped}
          onChange={(event) => onGroup(event.currentTarget.checked)}
        />
        Group by project
      </label>
      <span class="matching">{filter.trim() === '' || total === 0 ? '' : `${matching} of ${total}`}</span>
      <span class="note">{note}</span>
    </div>
  );
}
