import type { JSX } from 'preact';
import type { RowContext } from './row-context.js';
import { type SkippedContainerRow, getRowName } from '../rows/row.js';
import { describeSkipReason } from '../skip-reasons.js';

interface SkippedRowProps {
  readonly row: SkippedContainerRow;
  readonly context: RowContext;
}

/** The cells of a container without figures: its name and the reason. */
export function SkippedCells({ row, context }: SkippedRowProps): JSX.Element {
  const name = getRowName(row);
  const reason = row.ended === true ? 'ended' : describeSkipReason(row.skipped.reason);
  return (
    <>
      <th scope="row" class="name">
        <span class="text" title={name} dir="auto">
          {name}
        </span>
      </th>
      <td class="reason" colSpan={context.layout.columns.length - 1} title={reason}>
        {reason}
      </td>
    </>
  );
}
