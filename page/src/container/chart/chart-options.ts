import type uPlot from 'uplot';
import { formatClock } from '../../units/format-time.js';
import type { TimeRange } from '../series/time-window.js';
import type { ChartContent, ChartLine } from './chart-content.js';
import type { Palette } from './palette.js';

/** The height of a chart in CSS pixels; the style sheet reserves the same. */
export const CHART_HEIGHT = 148;

/** What a chart reads each time that it draws. */
export interface ChartState {
  readonly times: readonly number[];
  /** The index of the sample that is described as the newest. */
  readonly newest: number;
  readonly content: ChartContent;
  readonly range: TimeRange;
  readonly palette: Palette;
  /** The index of the sample at the cursor, which may come from another chart or from the keyboard. */
  readonly hovered: number | undefined;
  readonly onHover: (index: number | undefined) => void;
  readonly onZoom: (range: TimeRange) => void;
  readonly onZoomOut: () => void;
}

const DASHES: Readonly<Record<ChartLine['style'], number[]>> = { solid: [], dashed: [5, 3], limit: [2, 3] };

/** Returns the options of uPlot. They read the state when they need it, so that a chart is created only once. */
export function createChartOptions(getState: () => ChartState, width: number): uPlot.Options {
  const getLabelColor = (): string => getState().palette.label;
  const { palette, content } = getState();
  const { font } = palette;
  const { steps } = content;
  const grid = { stroke: () => getState().palette.grid, width: 1 };
  return {
    width,
    height: CHART_HEIGHT,
    ms: 1,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    scales: {
      x: { range: () => [getState().range.from, getState().range.to] },
      y: { range: (_plot, _min, max) => [0, Math.max(max ?? 0, getState().content.smallestMax) * 1.1] },
    },
    axes: [
      {
        stroke: getLabelColor,
        font,
        size: 24,
        gap: 4,
        space: 72,
        grid: { show: false },
        ticks: { ...grid, size: 4 },
        values: (_plot, times, _axis, _space, step) => times.map((time) => formatClock(time, step < 60_000)),
      },
      {
        stroke: getLabelColor,
        font,
        size: 72,
        gap: 6,
        space: 28,
        grid,
        ticks: { show: false },
        ...(steps && { incrs: [...steps] }),
        values: (_plot, values) => values.map((value) => getState().content.formatTick(value)),
      },
    ],
    series: [{}, ...content.lines.map((line) => createLineOptions(getState, line))],
    cursor: {
      y: false,
      sync: { key: 'container', filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' } },
      drag: { x: true, y: false, setScale: false, dist: 5 },
      points: { size: 7 },
      bind: {
        dblclick: () => () => {
          getState().onZoomOut();
          return null;
        },
      },
    },
    hooks: {
      setCursor: [({ cursor }) => getState().onHover(cursor.idx ?? undefined)],
      setSelect: [(plot) => selectRange(plot, getState().onZoom)],
    },
  };
}

function createLineOptions(getState: () => ChartState, { style }: ChartLine): uPlot.Series {
  const getColor = (): string => getState().palette[style === 'limit' ? 'label' : 'line'];
  return {
    stroke: getColor,
    width: style === 'limit' ? 1 : 1.5,
    dash: DASHES[style],
    ...(style === 'solid' && { fill: () => getState().palette.fill }),
    spanGaps: false,
    points: {
      size: 4,
      fill: getColor,
      show: false,
      filter: (plot, line) => (style === 'limit' ? [] : findLonePoints(plot.data[line] ?? [])),
    },
  };
}

/** A value between two missing ones has no line, so it is drawn as a point. */
function findLonePoints(values: ArrayLike<number | null | undefined>): number[] {
  const lone: number[] = [];
  for (let n = 0; n < values.length; n++) {
    const [before, value, after] = [values[n - 1], values[n], values[n + 1]].map((item) => item ?? null);
    if (value !== null && before === null && after === null) lone.push(n);
  }
  return lone;
}

function selectRange(plot: uPlot, onZoom: ChartState['onZoom']): void {
  const { left, width } = plot.select;
  if (width === 0) return;
  const range = { from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') };
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom(range);
}
