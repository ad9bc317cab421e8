import type { JSX } from 'preact';
import { Cpu, Memory, Pids, Traffic } from './figures.js';
import type { RowContext } from './row-context.js';
import type { GroupRow, Sums } from '../rows/group.js';
import type { SortField } from '../rows/sort.js';

interface GroupRowProps {
  readonly row: GroupRow;
  readonly context: RowContext;
}

/** The cells of a group: its name, which collapses it, and the sums of its containers. */
export function GroupCells({ row, context }: GroupRowProps): JSX.Element {
  return (
    <>
      {context.layout.columns.map(({ field, isFigure }) =>
        field === 'name' ? (
          <th key={field} scope="rowgroup" class="name">
            <GroupName row={row} toggle={context.toggleGroup} />
          </th>
        ) : (
          <td key={field} class={isFigure ? `${field} number` : field}>
            <Sum field={field} sums={row.sums} context={context} />
          </td>
        ),
      )}
    </>
  );
}

function GroupName({
  row,
  toggle,
}: {
  readonly row: GroupRow;
  readonly toggle: RowContext['toggleGroup'];
}): JSX.Element {
  return (
    <button
      type="button"
      class="collapse"
      aria-expanded={!row.collapsed}
      title={row.label}
      onClick={() => toggle(row.name)}
    >
      <span class="arrow" aria-hidden="true" />
      <span class="text" dir="auto">
        {row.label}
      </span>
      <span class="count">{row.containers === 1 ? '1 container' : `${row.containers} containers`}</span>
    </button>
  );
}

interface SumProps {
  readonly field: SortField;
  readonly sums: Sums;
  readonly context: RowContext;
}

function Sum({ field, sums, context }: SumProps): JSX.Element | null {
  switch (field) {
    case 'name':
    case 'host':
    case 'project':
    case 'image':
    case 'health':
      return null;
    case 'cpuUsage':
      return (
        <span class="with-line">
          <Cpu cpuUsage={sums.cpuUsage} unit={context.cpuUnit} />
        </span>
      );
    case 'memoryUsage':
      return (
        <span class="with-line">
          <Memory memoryUsage={sums.memoryUsage} memoryLimit={null} />
        </span>
      );
    case 'networkReceived':
    case 'networkSent':
    case 'blockRead':
    case 'blockWritten':
      return <Traffic mb={sums[field]} />;
    case 'pids':
      return <Pids pids={sums.pids} />;
  }
}
