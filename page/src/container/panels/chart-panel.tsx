import type { JSX } from 'preact';
import { Chart } from '../chart/chart.js';
import type { ChartContent, ChartLine, ChartSource } from '../chart/chart-content.js';
import type { Palette } from '../chart/palette.js';
import type { TimeView } from '../series/time-view.js';

interface ChartPanelProps {
  readonly view: TimeView;
  readonly content: ChartContent;
  readonly source: ChartSource;
  readonly palette: Palette;
}

/** A chart with its heading, which shows the values under the pointer, else the newest. */
export function ChartPanel({ view, content, source, palette }: ChartPanelProps): JSX.Element {
  const index = view.hovered.value ?? source.newest;
  return (
    <section class="chart-panel">
      <header>
        <h3>{content.title}</h3>
        <p class="chart-note">{content.note}</p>
        <ul style={{ color: palette.line }}>
          {content.lines
            .filter(({ style }) => style !== 'limit')
            .map((line) => (
              <LineValue key={line.label} content={content} line={line} index={index} />
            ))}
        </ul>
      </header>
      <Chart
        content={content}
        {...source}
        palette={palette}
        hovered={view.hovered.value}
        onHover={view.hover}
        onZoom={view.show}
        onZoomOut={view.showAll}
      />
    </section>
  );
}

interface LineValueProps {
  readonly content: ChartContent;
  readonly line: ChartLine;
  readonly index: number;
}

function LineValue({ content, line, index }: LineValueProps): JSX.Element {
  const { format } = content;
  const { summary, label, style } = line;
  return (
    <li>
      <span class="line-sample" data-style={style} aria-hidden="true" />
      {label !== '' && <span class="line-label">{label}</span>}
      <strong>{format(line.values[index] ?? null)}</strong>
      <span class="line-summary">
        {content.shownSummary.map((part) => (
          <span key={part} class={part}>
            {part} {format(summary?.[part] ?? null)}
          </span>
        ))}
      </span>
    </li>
  );
}
