import { Component, type JSX } from 'preact';
import { haveSameValues } from '../../memo.js';
import { ContainerCells } from './container-cells.js';
import { GroupCells } from './group-cells.js';
import type { RowContext } from './row-context.js';
import type { TableRow as Row } from '../rows/group.js';
import { SkippedCells } from './skipped-cells.js';

interface TableRowProps {
  readonly row: Row;
  /** Its place among all rows of the table, from 1; the header is the first. */
  readonly index: number;
  readonly context: RowContext;
  /** Milliseconds since the Unix epoch at the right edge of the lines. */
  readonly until: number;
}

/** A row. It is drawn again only if its content changes: not while one scrolls, and not for a sample with the same figures. */
export class TableRow extends Component<TableRowProps> {
  override shouldComponentUpdate(next: TableRowProps): boolean {
    const { row, index, context, until } = this.props;
    const isSame = next.index === index && next.context === context && next.until === until;
    return !isSame || !isSameRow(row, next.row);
  }

  override render({ row, index, context, until }: TableRowProps): JSX.Element {
    return (
      <tr aria-rowindex={index} class={getClass(row)}>
        <Cells row={row} context={context} until={until} />
      </tr>
    );
  }
}

function isSameRow(a: Row, b: Row): boolean {
  if (a.kind !== 'container' || b.kind !== 'container') return a === b;
  return a.ended === b.ended && haveSameValues(a.container, b.container);
}

function getClass(row: Row): string {
  return row.kind !== 'group' && row.ended === true ? `${row.kind} ended` : row.kind;
}

function Cells({ row, context, until }: Omit<TableRowProps, 'index'>): JSX.Element {
  switch (row.kind) {
    case 'container':
      return <ContainerCells row={row} context={context} until={until} />;
    case 'skipped':
      return <SkippedCells row={row} context={context} />;
    case 'group':
      return <GroupCells row={row} context={context} />;
  }
}
