import type { Values } from '../series/figure-series.js';
import { summarize, type Summary, type TimeRange } from '../series/time-window.js';

/** One line of a chart. */
export interface ChartLine {
  /** Empty if the title says it. */
  readonly label: string;
  readonly values: Values;
  readonly style: 'solid' | 'dashed' | 'limit';
  /** Over the shown window; `undefined` if it has no values. */
  readonly summary: Summary | undefined;
}

/** What a chart shows. */
export interface ChartContent {
  readonly title: string;
  /** Said next to the title. */
  readonly note: string;
  readonly lines: readonly ChartLine[];
  /** Which part of the summary is shown for each line. */
  readonly shownSummary: readonly (keyof Summary)[];
  /** The axis ends at least here, so that noise does not look like load. */
  readonly smallestMax: number;
  /** Distances between the labels of the axis. Default: decimal. */
  readonly steps?: readonly number[];
  readonly format: (value: number | null) => string;
  readonly formatTick: (value: number) => string;
}

/** What the charts are about. */
export interface ChartSource {
  readonly times: readonly number[];
  readonly range: TimeRange;
  /** The index of the newest sample; of an ended container, of its last one. */
  readonly newest: number;
}

export function createLine(
  { times, range }: ChartSource,
  label: string,
  values: Values,
  style: ChartLine['style'] = 'solid',
): ChartLine {
  return { label, values, style, summary: summarize(times, values, range) };
}

/** Describes a chart for those who do not see it. */
export function describeChart({ title, lines, format }: ChartContent, newest: number): string {
  const texts = lines
    .filter(({ style }) => style !== 'limit')
    .map(({ label, values, summary }) => {
      const name = `${title} ${label}`.trim();
      if (summary === undefined) return `${name}: no figures`;
      const { min, average, max } = summary;
      return [
        `${name}: now ${format(values[newest] ?? null)}`,
        `minimum ${format(min)}`,
        `average ${format(average)}`,
        `maximum ${format(max)}`,
      ].join(', ');
    });
  return texts.join('; ');
}
