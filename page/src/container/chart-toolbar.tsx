import type { JSX } from 'preact';
import { formatClock } from './format-time.js';
import type { TimeView } from './series/time-view.js';

const MINUTES = [1, 5, 15];

interface ChartToolbarProps {
  readonly view: TimeView;
  readonly times: readonly number[];
}

/** Selects the time that the charts show, and says it. */
export function ChartToolbar({ view, times }: ChartToolbarProps): JSX.Element {
  const window = view.window.value;
  const selectedMs = window !== 'all' && 'lastMs' in window ? window.lastMs : undefined;
  const { from, to } = view.range.value;
  const hovered = times[view.hovered.value ?? -1];
  return (
    <div class="chart-toolbar">
      <fieldset>
        <legend>Show the last</legend>
        {MINUTES.map((minutes) => (
          <button
            type="button"
            key={minutes}
            aria-pressed={selectedMs === minutes * 60_000}
            onClick={() => view.show({ lastMs: minutes * 60_000 })}
          >
            {minutes} min
          </button>
        ))}
        <button type="button" aria-pressed={window === 'all'} onClick={view.showAll}>
          All
        </button>
      </fieldset>
      <p>
        {hovered === undefined
          ? `${formatClock(from, true)} – ${formatClock(to, true)}`
          : formatClock(hovered, true)}
      </p>
    </div>
  );
}
