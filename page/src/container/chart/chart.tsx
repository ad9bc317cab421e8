import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './chart.css';
import { ChartDrawing } from './chart-drawing.js';
import type { ChartState } from './chart-options.js';
import { describeChart } from './chart-content.js';

/** The lines of a chart. Their values are in the heading of the chart. */
export function Chart(state: ChartState): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const drawing = useRef<ChartDrawing>(undefined);
  useLayoutEffect(() => {
    if (element.current === null) return;
    drawing.current ??= new ChartDrawing(element.current, state);
    drawing.current.update(state);
  });
  useLayoutEffect(() => () => drawing.current?.destroy(), []);

  const { content } = state;
  const isEmpty = content.lines.every(({ summary }) => summary === undefined);
  return (
    <div class="chart-area">
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the content is a canvas, which uPlot creates */}
      <div class="chart-lines" ref={element} role="img" aria-label={describeChart(content, state.newest)} />
      {isEmpty && <p class="chart-empty">No figures in this time</p>}
    </div>
  );
}
