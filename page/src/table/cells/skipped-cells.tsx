import type { JSX } from 'preact';
import type { RowContext } from './row-context.js';
import { type SkippedContainerRow, getRowName, isHostRow } from '../rows/row.js';

interface SkippedRowProps {
  readonly row: SkippedContainerRow;
  readonly context: RowContext;
}

/** The cells of a container without figures: its name and the reason. */
export function SkippedCells({ row, context }: SkippedRowProps): JSX.Element {
  const name = getRowName(row);
  const { columns, showsHosts, hasTwoLines } = context.layout;
  const hasHostCell = showsHosts && !hasTwoLines && !isHostRow(row);
  const reason = row.ended === true ? 'ended' : row.reason;
  return (
    <>
      <th scope="row" class="name">
        <span class="text" title={name} dir="auto">
          {name}
        </span>
      </th>
      {hasHostCell && <td class="host">{row.host}</td>}
      <td class="reason" colSpan={columns.length - (hasHostCell ? 2 : 1)} title={reason}>
        {reason}
      </td>
    </>
  );
}
