import type { JSX } from 'preact';
import type { RowContext } from './cells/row-context.js';
import { chooseUntil } from './cells/sparkline.js';
import type { TableRow as Row } from './rows/group.js';
import { TableRow } from './cells/table-row.js';
import { useVisibleRange } from './use-visible-range.js';

interface WindowedRowsProps {
  readonly body: HTMLElement | null;
  readonly rows: readonly Row[];
  readonly context: RowContext;
  readonly sampledAtMs: number;
}

/** The rows in the window, between two spaces as high as the other rows. */
export function WindowedRows({ body, rows, context, sampledAtMs }: WindowedRowsProps): JSX.Element {
  const { rowHeight } = context.layout;
  const { first, end } = useVisibleRange(body, rows.length, rowHeight);
  return (
    <>
      <Space key="above" height={first * rowHeight} />
      {rows.slice(first, end).map((row, n) => (
        // A row of the DOM belongs to a place: rows that only change are much faster than rows that move.
        <TableRow
          // oxlint-disable-next-line react/no-array-index-key
          key={first + n}
          row={row}
          index={first + n + 2}
          context={context}
          until={chooseUntil(sampledAtMs, first + n)}
        />
      ))}
      <Space key="below" height={(rows.length - end) * rowHeight} />
    </>
  );
}

function Space({ height }: { readonly height: number }): JSX.Element {
  return <tr class="space" aria-hidden="true" style={{ height: `${height}px` }} />;
}
