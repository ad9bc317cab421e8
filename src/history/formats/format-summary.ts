import type { FieldSummary } from 'docker-stats-client';
import { formatField } from '../../stats/formats/stats-csv.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import type { FieldSource } from '../figures/history-fields.js';
import { summarize } from '../figures/summarize.js';
import type { HistoryWindow } from '../store/history-window.js';
import { formatCsvFigure, formatJsonFigure, formatTime } from './format-table.js';
import { readField } from './history-table.js';
import { TextChunks } from './text-chunks.js';

const STATISTICS = ['min', 'avg', 'max', 'p95'] as const satisfies readonly (keyof FieldSummary)[];

/** How many values a summary has per container and field. */
export const SUMMARY_VALUES = STATISTICS.length;

/** Formats the statistics of each container as JSON. */
export async function formatSummaryJson(
  window: HistoryWindow,
  fields: readonly FieldSource[],
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const text = new TextChunks();
  const [since, until] = [window.times[0], window.times.at(-1)].map((at) =>
    at === undefined ? 'null' : `"${formatTime(at)}"`,
  );
  text.add(`{"since":${since},"until":${until},"samples":${window.times.length},"containers":[`);
  /* oxlint-disable no-await-in-loop -- in this order in the text */
  for (const [n, { id, name }] of window.containers.entries()) {
    const labels = { id, name, samples: window.countSamples(n) };
    text.add(`${n === 0 ? '' : ','}${JSON.stringify(labels).slice(0, -1)}`);
    await slices.forEach(fields, (field) => {
      text.add(`,"${field.name}":{${formatStatistics(window, n, field)}}`);
    });
    text.add('}');
  }
  /* oxlint-enable no-await-in-loop */
  text.add(']}\n');
  return text.end();
}

/** Formats the statistics as CSV: a line per container. */
export async function formatSummaryCsv(
  window: HistoryWindow,
  fields: readonly FieldSource[],
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const text = new TextChunks();
  const columns = fields.flatMap(({ name }) => ['Min', 'Avg', 'Max', 'P95'].map((suffix) => name + suffix));
  text.add(`${['id', 'name', 'samples', ...columns].join(',')}\r\n`);
  for (const [n, { id, name }] of window.containers.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- in this order in the text
    const values = await slices.map(fields, (field) => {
      const summary = summarize(readField(window, n, field), field.kind);
      return STATISTICS.map((statistic) => formatCsvFigure(summary[statistic] ?? NaN)).join(',');
    });
    text.add(`${[formatField(id), formatField(name), window.countSamples(n), ...values].join(',')}\r\n`);
  }
  return text.end();
}

function formatStatistics(window: HistoryWindow, n: number, field: FieldSource): string {
  const summary = summarize(readField(window, n, field), field.kind);
  return STATISTICS.map((name) => `"${name}":${formatJsonFigure(summary[name] ?? NaN)}`).join(',');
}
