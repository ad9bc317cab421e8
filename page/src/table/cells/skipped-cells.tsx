import type { JSX } from 'preact';
import type { RowContext } from './row-context.js';
import { type SkippedContainerRow, getRowName, isHostReason } from '../rows/row.js';
import { SKIP_REASONS } from '../skip-reasons.js';

interface SkippedRowProps {
  readonly row: SkippedContainerRow;
  readonly context: RowContext;
}

/** The cells of a container without figures: its name and the reason. */
export function SkippedCells({ row, context }: SkippedRowProps): JSX.Element {
  const name = getRowName(row);
  const reason = row.ended === true ? 'ended' : describeReason(row.skipped.reason);
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

function describeReason(reason: SkippedContainerRow['skipped']['reason']): string {
  return isHostReason(reason) ? `No figures of this host: ${reason}` : SKIP_REASONS[reason];
}
