import { Component, type JSX } from 'preact';
import { ContainerCells } from './container-cells.js';
import { ProjectCells } from './project-cells.js';
import type { RowContext } from './row-context.js';
import type { TableRow as Row } from '../rows/group.js';
import { SkippedCells } from './skipped-cells.js';

interface TableRowProps {
  readonly row: Row;
  /** Its place among all rows of the table, from 1; the header is the first. */
  readonly index: number;
  readonly context: RowContext;
}

/** A row. While one scrolls, only rows that come into view are drawn. */
export class TableRow extends Component<TableRowProps> {
  override shouldComponentUpdate(next: TableRowProps): boolean {
    const { row, index, context } = this.props;
    return next.row !== row || next.index !== index || next.context !== context;
  }

  override render({ row, index, context }: TableRowProps): JSX.Element {
    return (
      <tr aria-rowindex={index} class={getClass(row)}>
        <Cells row={row} context={context} />
      </tr>
    );
  }
}

function getClass(row: Row): string {
  return row.kind !== 'project' && row.ended === true ? `${row.kind} ended` : row.kind;
}

function Cells({ row, context }: Pick<TableRowProps, 'row' | 'context'>): JSX.Element {
  switch (row.kind) {
    case 'container':
      return <ContainerCells row={row} context={context} />;
    case 'skipped':
      return <SkippedCells row={row} context={context} />;
    case 'project':
      return <ProjectCells row={row} context={context} />;
  }
}
