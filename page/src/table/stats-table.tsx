import type { FullStats } from 'docker-stats-client';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import '../styles/table.css';
import '../styles/cells.css';
import type { CpuUnit } from '../units/format-cpu.js';
import { chooseCpuScale } from './cells/cpu-scale.js';
import { type Layout, chooseLayout } from './columns.js';
import { isPointedAt } from './is-pointed-at.js';
import type { RowContext } from './cells/row-context.js';
import { type Arrangement, createTableRows } from './rows/arrange.js';
import { RowOrder } from './rows/row-order.js';
import { SkeletonRows } from './skeleton-rows.js';
import { TableHead } from './table-head.js';
import { Toolbar } from './toolbar.js';
import { useSize } from './use-size.js';
import { WindowedRows } from './windowed-rows.js';

type ContextProps = Pick<RowContext, 'getRecent' | 'getContainerUrl' | 'openContainer' | 'toggleProject'>;

export interface StatsTableProps extends ContextProps {
  readonly stats: FullStats;
  /** There are no figures yet. */
  readonly isLoading: boolean;
  readonly arrangement: Arrangement;
  /** The projects whose containers are hidden; `''` are the containers without a project. */
  readonly collapsed: ReadonlySet<string>;
  readonly cpuUnit: CpuUnit;
  /** A container is open: its row keeps its place, so that the focus returns to it. */
  readonly isContainerOpen: boolean;
  readonly onArrange: (change: Partial<Arrangement>) => void;
}

/** The running containers, with what selects and sorts them. */
export function StatsTable(props: StatsTableProps): JSX.Element {
  const { stats, isLoading, arrangement, collapsed, isContainerOpen, onArrange } = props;
  const [box, setBox] = useState<HTMLElement | null>(null);
  const [body, setBody] = useState<HTMLElement | null>(null);
  const width = useSize(box)?.width;
  const layout = useMemo(() => chooseLayout(width ?? 0), [width]);
  const [order] = useState(() => new RowOrder());
  const [, redraw] = useState({});
  const { rows, isHeld } = order.arrange(stats, arrangement, () => isContainerOpen || isPointedAt(body));
  const release = (): void => {
    if (order.release()) redraw({});
  };
  const context = useRowContext(props, layout);
  const tableRows = createTableRows(rows, arrangement.grouped, collapsed);
  return (
    <div class="stats-table" ref={setBox}>
      <Toolbar
        filter={arrangement.filter}
        isGrouped={arrangement.grouped}
        matching={rows.length}
        total={stats.containers.length + stats.skipped.length}
        note={chooseNote(isLoading, isHeld)}
        onFilter={(filter) => onArrange({ filter })}
        onGroup={(grouped) => onArrange({ grouped })}
      />
      <table
        class={`${layout.hasTwoLines ? 'two-lines' : ''} ${arrangement.grouped ? 'grouped' : ''}`}
        style={{ '--row-height': `${layout.rowHeight}px` }}
        aria-rowcount={tableRows.length + 1}
        aria-label="Running containers"
        aria-busy={isLoading}
      >
        <TableHead columns={layout.columns} sort={arrangement.sort} onArrange={onArrange} />
        <tbody ref={setBody} onPointerLeave={release} onFocusOut={release}>
          {width === undefined ? null : isLoading ? (
            <SkeletonRows layout={layout} />
          ) : (
            <WindowedRows
              body={body}
              rows={tableRows}
              context={context}
              sampledAtMs={Date.parse(stats.sampledAt)}
            />
          )}
        </tbody>
      </table>
      {tableRows.length === 0 && !isLoading && (
        <Empty filter={arrangement.filter} onClear={() => onArrange({ filter: '' })} />
      )}
    </div>
  );
}

function chooseNote(isLoading: boolean, isHeld: boolean): string {
  if (isLoading) return 'Waiting for the first figures …';
  return isHeld ? 'Order kept while you point at the rows' : '';
}

/** The same object until the rows have to be drawn again. */
function useRowContext(props: StatsTableProps, layout: Layout): RowContext {
  const { stats, arrangement, cpuUnit, getRecent, getContainerUrl, openContainer, toggleProject } = props;
  const isGrouped = arrangement.grouped;
  const cpuScale = chooseCpuScale(stats);
  return useMemo(
    () => ({
      layout,
      isGrouped,
      cpuUnit,
      cpuScale,
      getRecent,
      getContainerUrl,
      openContainer,
      toggleProject,
    }),
    [cpuScale, isGrouped, cpuUnit, layout, toggleProject, getRecent, getContainerUrl, openContainer],
  );
}

function Empty({ filter, onClear }: { readonly filter: string; readonly onClear: () => void }): JSX.Element {
  if (filter.trim() === '') return <p class="empty">No containers are running.</p>;
  return (
    <p class="empty">
      No container matches <q>{filter}</q>.{' '}
      <button type="button" onClick={onClear}>
        Clear the filter
      </button>
    </p>
  );
}
