import type { JSX } from 'preact';
import type { ChartContent, ChartSource } from '../chart/chart-content.js';
import { formatClock } from '../../units/format-time.js';
import type { TimeView } from '../series/time-view.js';
import { TimeSlider } from './time-slider.js';

const MINUTES = [1, 5, 15];

interface ChartToolbarProps {
  readonly view: TimeView;
  readonly source: ChartSource;
  readonly charts: readonly ChartContent[];
}

/** Selects the time that the charts show, and says it. */
export function ChartToolbar({ view, source, charts }: ChartToolbarProps): JSX.Element {
  const window = view.window.value;
  const selectedMs = window !== 'all' && 'lastMs' in window ? window.lastMs : undefined;
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
      <TimeSlider view={view} source={source} charts={charts} />
      <p>{describeTime(source, view.hovered.value)}</p>
    </div>
  );
}

function describeTime({ times, range }: ChartSource, hovered: number | undefined): string {
  const time = times[hovered ?? -1];
  if (time !== undefined) return formatClock(time, true);
  if (times.length === 0) return '';
  return `${formatClock(range.from, true)} – ${formatClock(range.to, true)}`;
}
