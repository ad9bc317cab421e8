import type { FullStats } from 'docker-stats-client';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import '../styles/table.css';
import '../styles/cells.css';
import { hasSeveralHosts } from '../live/host-samples.js';
import type { CpuUnit } from '../units/format-cpu.js';
import { chooseCpuScale } from './cells/cpu-scale.js';
import { type Layout, chooseLayout } from './columns.js';
import { isPointedAt } from './is-pointed-at.js';
import type { RowContext } from './cells/row-context.js';
import { type Arrangement, createTableRows } from './rows/arrange.js';
import { RowOrder } from './rows/row-order.js';
import { HostList, type HostListProps } from './hosts/host-list.js';
import { SkeletonRows } from './skeleton-rows.js';
import { TableHead } from './table-head.js';
import { Toolbar } from './toolbar.js';
import { useSize } from './use-size.js';
import { WindowedRows } from './windowed-rows.js';

type ContextProps = Pick<RowContext, 'getRecent' | 'getContainerUrl' | 'openContainer' | 'toggleGroup'>;

export interface StatsTableProps extends ContextProps {
  readonly stats: FullStats;
  /** There are no figures yet. */
  readonly isLoading: boolean;
  readonly arrangement: Arrangement;
  /** The groups whose containers are hidden; `''` are the containers without a group. */
  readonly collapsed: ReadonlySet<string>;
  readonly cpuUnit: CpuUnit;
  /** A container is open: its row keeps its place, so that the focus returns to it. */
  readonly isContainerOpen: boolean;
  readonly getUsualIntervalMs: HostListProps['getUsualIntervalMs'];
  readonly onArrange: (change: Partial<Arrangement>) => void;
}

/** The running containers, with what selects and sorts them. */
export function StatsTable(props: StatsTableProps): JSX.Element {
  const { stats, isLoading, arrangement, collapsed, isContainerOpen, onArrange } = props;
  const [box, setBox] = useState<HTMLElement | null>(null);
  const [body, setBody] = useState<HTMLElement | null>(null);
  const width = useSize(box)?.width;
  const hasHosts = hasSeveralHosts(stats);
  const showsHosts = hasHosts && arrangement.groupBy !== 'host';
  const layout = useMemo(() => chooseLayout(width ?? 0, showsHosts), [width, showsHosts]);
  const [order] = useState(() => new RowOrder());
  const [, redraw] = useState({});
  const { rows, isHeld } = order.arrange(stats, arrangement, () => isContainerOpen || isPointedAt(body));
  const release = (): void => {
    if (order.release()) redraw({});
  };
  const onFilter = (filter: string): void => onArrange({ filter });
  const context = useRowContext(props, layout);
  const tableRows = createTableRows(rows, arrangement.groupBy, collapsed);
  return (
    <div class="stats-table" ref={setBox}>
      <Toolbar
        filter={arrangement.filter}
        hasHosts={hasHosts}
        groupBy={arrangement.groupBy}
        matching={rows.length}
        total={stats.containers.length + stats.skipped.length}
        note={chooseNote(isLoading, isHeld)}
        onFilter={onFilter}
        onGroup={(groupBy) => onArrange({ groupBy })}
      />
      {hasHosts && <HostList {...props} filter={arrangement.filter} onFilter={onFilter} />}
      {/* With hosts it has another place and other columns: a new element, so that nothing moves. */}
      <table
        key={String(hasHosts)}
        class={`${layout.hasTwoLines ? 'two-lines' : ''} ${arrangement.groupBy === undefined ? '' : 'grouped'}`}
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
        <Empty filter={arrangement.filter} onClear={() => onFilter('')} />
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
  const { stats, arrangement, cpuUnit, getRecent, getContainerUrl, openContainer, toggleGroup } = props;
  const { groupBy } = arrangement;
  const cpuScale = chooseCpuScale(stats);
  return useMemo(
    () => ({
      layout,
      groupBy,
      cpuUnit,
      cpuScale,
      getRecent,
      getContainerUrl,
      openContainer,
      toggleGroup,
    }),
    [cpuScale, groupBy, cpuUnit, layout, toggleGroup, getRecent, getContainerUrl, openContainer],
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
