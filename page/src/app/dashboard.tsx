import { useComputed } from '@preact/signals';
import type { FullStats } from 'docker-stats-client';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Arrangement } from '../table/rows/arrange.js';
import { addHost } from '../table/rows/row.js';
import { StatsTable } from '../table/stats-table.js';
import { WallTable } from '../table/wall-table.js';
import { Controls } from './controls.js';
import { LazyContainerView } from './lazy-container-view.js';
import { KeyNotice } from './session/key-notice.js';
import type { Session, Sessions } from './session/session.js';
import { Problem, readFreshness, Status } from './status/status.js';
import { Totals } from './totals.js';
import type { View } from './view-state.js';

/** Until there is a sample. */
const NO_STATS: FullStats = { sampledAt: '', ageMs: 0, durationMs: 0, containers: [], skipped: [] };

interface DashboardProps {
  readonly session: Session;
  readonly sessions: Sessions;
  readonly view: View;
}

/** The page with a key: totals, table, and the container that is open. */
export function Dashboard({ session, sessions, view }: DashboardProps): JSX.Element {
  const { live, client } = session;
  const { container, host, cpuUnit, isWall } = view.state.value;
  const isCurrent = useComputed(() => readFreshness(live).kind === 'good').value;
  useKeyboard(view);
  return (
    <div class={`dashboard ${isWall ? 'wall' : ''} ${isCurrent ? '' : 'stale'}`}>
      <header class="page-header">
        <h1 class={isWall ? 'visually-hidden' : ''}>Containers</h1>
        <Totals live={live} />
        <Status live={live} />
        {isWall ? (
          <button type="button" title="Escape" onClick={() => view.change({ isWall: false })}>
            Leave
          </button>
        ) : (
          <Controls view={view} sessions={sessions} />
        )}
      </header>
      {isCurrent && !isWall ? <KeyNotice sessions={sessions} /> : <Problem live={live} />}
      <main>
        <Containers session={session} view={view} />
      </main>
      {container !== undefined && (
        <LazyContainerView
          key={addHost(container, host)}
          id={container}
          host={host}
          live={live}
          client={client}
          cpuUnit={cpuUnit}
          onClose={() => view.closeContainer()}
        />
      )}
    </div>
  );
}

function Containers({ session: { live }, view }: Pick<DashboardProps, 'session' | 'view'>): JSX.Element {
  const stats = live.latest.value?.stats;
  const histories = live.histories.value;
  const state = view.state.value;
  const { filter, sort, groupBy, collapsed, cpuUnit, container, isWall } = state;
  const callbacks = useMemo(
    () => ({
      getUsualIntervalMs: (host: string) => live.getUsualIntervalMs(host),
      getRecent: (id: string, host?: string) => live.getRecent(id, host),
      getContainerUrl: (id: string, host?: string) => view.getContainerUrl(id, host),
      openContainer: (id: string, host?: string) => view.change({ container: id, host }),
      toggleGroup: (group: string) => view.toggleGroup(group),
      onArrange: (change: Partial<Arrangement>) => view.change(change),
    }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- new functions mean that the rows are drawn again
    [live, view, histories, state],
  );
  const hasFailed = useComputed(() => readFreshness(live).kind === 'bad').value;
  if (stats === undefined && (hasFailed || isWall)) return <NoFigures hasFailed={hasFailed} />;
  if (stats !== undefined && isWall) {
    const onFilter = (text: string): void => view.change({ filter: text });
    return <WallTable {...{ stats, filter, cpuUnit, onFilter, ...callbacks }} />;
  }
  return (
    <StatsTable
      stats={stats ?? NO_STATS}
      isLoading={stats === undefined}
      arrangement={{ filter, sort, groupBy }}
      collapsed={collapsed}
      cpuUnit={cpuUnit}
      isContainerOpen={container !== undefined}
      {...callbacks}
    />
  );
}

function NoFigures({ hasFailed }: { readonly hasFailed: boolean }): JSX.Element {
  return (
    <p class="no-figures">
      {hasFailed
        ? 'No figures yet. They appear here as soon as the service has some.'
        : 'Waiting for the first figures …'}
    </p>
  );
}

/** `/` goes to the filter; Escape leaves the wall screen. */
function useKeyboard(view: View): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key === '/' && !isTyping && view.state.peek().container === undefined) {
        event.preventDefault();
        document.querySelector<HTMLInputElement>('#filter')?.focus();
      }
      if (event.key === 'Escape' && view.state.peek().isWall) view.change({ isWall: false });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [view]);
}
