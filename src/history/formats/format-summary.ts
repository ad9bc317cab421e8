import type { FieldSummary } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';
import type { FieldSource } from '../figures/history-fields.js';
import { summarizeField } from '../series/read-field.js';
import type { ContainerSeries, SeriesSelection, Timeline } from '../series/container-series.js';
import { formatCsvFigure, formatJsonFigure, formatTime } from './format-table.js';
import { formatCsvLabels, formatJsonLabels, type LabelName } from './labels.js';
import { TextChunks } from './text-chunks.js';

const STATISTICS = ['min', 'avg', 'max', 'p95'] as const satisfies readonly (keyof FieldSummary)[];

/** How many values a summary has per container and field. */
export const SUMMARY_VALUES = STATISTICS.length;

/** Formats the statistics of each container as JSON. */
export async function formatSummaryJson(
  { timelines, series, window }: SeriesSelection,
  fields: readonly FieldSource[],
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const text = new TextChunks();
  text.add(`{${formatWindow(window ?? findWindow(timelines))},"containers":[`);
  /* oxlint-disable no-await-in-loop -- in this order in the text */
  for (const [n, one] of series.entries()) {
    text.add(`${n === 0 ? '' : ','}{${formatJsonLabels(one.container)},"samples":${one.countSamples()}`);
    await slices.forEach(fields, (field) => {
      text.add(`,"${field.name}":{${formatStatistics(one, field)}}`);
    });
    text.add('}');
  }
  /* oxlint-enable no-await-in-loop */
  text.add(']}\n');
  return text.end();
}

/** Formats the first and the last time of all hosts, and the number of their samples. */
function formatWindow({ since, until, samples }: NonNullable<SeriesSelection['window']>): string {
  const [first, last] = [since, until].map((at) => (Number.isFinite(at) ? `"${formatTime(at)}"` : 'null'));
  return `"since":${first},"until":${last},"samples":${samples}`;
}

function findWindow(timelines: readonly Timeline[]): NonNullable<SeriesSelection['window']> {
  const edges = timelines.flatMap(({ times }) => [...times.slice(0, 1), ...times.slice(-1)]);
  const samples = timelines.reduce((sum, { times }) => sum + times.length, 0);
  return { since: Math.min(...edges), until: Math.max(...edges), samples };
}

/** Formats the statistics as CSV: a line per container. */
export async function formatSummaryCsv(
  { series }: SeriesSelection,
  labels: readonly LabelName[],
  fields: readonly FieldSource[],
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const text = new TextChunks();
  const columns = fields.flatMap(({ name }) => ['Min', 'Avg', 'Max', 'P95'].map((suffix) => name + suffix));
  text.add(`${[...labels, 'samples', ...columns].join(',')}\r\n`);
  for (const one of series) {
    // oxlint-disable-next-line no-await-in-loop -- in this order in the text
    const values = await slices.map(fields, (field) => {
      const summary = summarizeField(one, field);
      return STATISTICS.map((statistic) => formatCsvFigure(summary[statistic] ?? NaN)).join(',');
    });
    text.add(`${[formatCsvLabels(one.container, labels), one.countSamples(), ...values].join(',')}\r\n`);
  }
  return text.end();
}

function formatStatistics(series: ContainerSeries, field: FieldSource): string {
  const summary = summarizeField(series, field);
  return STATISTICS.map((name) => `"${name}":${formatJsonFigure(summary[name] ?? NaN)}`).join(',');
}
