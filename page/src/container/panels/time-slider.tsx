import type { JSX } from 'preact';
import type { ChartContent, ChartSource } from '../chart/chart-content.js';
import { formatClock } from '../../units/format-time.js';
import type { TimeView } from '../series/time-view.js';

interface TimeSliderProps {
  readonly view: TimeView;
  readonly source: ChartSource;
  readonly charts: readonly ChartContent[];
}

/** Moves the cursor of all charts without a pointer, and reads the values at the cursor to screen readers. */
export function TimeSlider({ view, source, charts }: TimeSliderProps): JSX.Element {
  const { times, range } = source;
  const first = times.findIndex((time) => time >= range.from);
  const last = times.findLastIndex((time) => time <= range.to);
  const index = view.hovered.value ?? last;
  return (
    <input
      type="range"
      class="time-slider"
      aria-label="Time of the values"
      aria-valuetext={describeValues(charts, index, times[index])}
      min={Math.max(first, 0)}
      max={Math.max(last, 0)}
      value={index}
      onInput={(event) => view.hover(event.currentTarget.valueAsNumber)}
      onBlur={() => view.hover(undefined)}
    />
  );
}

function describeValues(charts: readonly ChartContent[], index: number, time: number | undefined): string {
  if (time === undefined) return 'No figures';
  const texts = charts.flatMap(({ title, lines, format }) =>
    lines
      .filter(({ style }) => style !== 'limit')
      .map(({ label, values }) => `${title} ${label}`.trim() + ` ${format(values[index] ?? null)}`),
  );
  return `${formatClock(time, true)}: ${texts.join(', ')}`;
}
