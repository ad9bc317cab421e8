import type { TimeSlices } from '../../sampling/time-slices.js';
import { roundFigure } from '../figures/round-figure.js';
import type { HistoryTable, TimeAxis } from './history-table.js';
import { formatCsvLabels, formatJsonLabels, type LabelName } from './labels.js';
import { TextChunks } from './text-chunks.js';

/** Formats a table as JSON: lists of times, and lists of values per container. */
export async function formatTableJson(
  { axes, columns, rows }: HistoryTable,
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const text = new TextChunks();
  text.add('{');
  await addAxes(text, axes, slices);
  text.add(',"containers":[');
  /* oxlint-disable no-await-in-loop -- one container after the other: each uses memory */
  for (const [n, { container, read }] of rows.entries()) {
    text.add(`${n === 0 ? '' : ','}{${formatJsonLabels(container)}`);
    let column = 0;
    for (const values of read()) {
      text.add(`,"${columns[column++] ?? ''}":[`);
      text.addList(await slices.map(values, formatJsonFigure));
      text.add(']');
    }
    text.add('}');
  }
  /* oxlint-enable no-await-in-loop */
  text.add(']}\n');
  return text.end();
}

/** Adds the times that all containers have, or those of each host. */
async function addAxes(text: TextChunks, axes: readonly TimeAxis[], slices: TimeSlices): Promise<void> {
  const [axis] = axes;
  if (axis !== undefined && axis.host === undefined) {
    await addTimes(text, axis.times, slices);
    return;
  }
  text.add('"hosts":[');
  for (const [n, { host, times }] of axes.entries()) {
    text.add(`${n === 0 ? '' : ','}{"name":${JSON.stringify(host)},`);
    await addTimes(text, times, slices); // oxlint-disable-line no-await-in-loop -- in this order in the text
    text.add('}');
  }
  text.add(']');
}

async function addTimes(text: TextChunks, times: readonly number[], slices: TimeSlices): Promise<void> {
  text.add('"sampledAt":[');
  text.addList(await slices.map(times, (at) => `"${formatTime(at)}"`));
  text.add(']');
}

/** Formats a table as CSV: a line per container and time. A missing value is empty. */
export async function formatTableCsv(
  { axes, columns, rows }: HistoryTable,
  labels: readonly LabelName[],
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const text = new TextChunks();
  text.add(`${['sampledAt', ...labels, ...columns].join(',')}\r\n`);
  /* oxlint-disable no-await-in-loop -- one container after the other: each uses memory */
  const stamps = new Map<TimeAxis, readonly string[]>();
  for (const axis of axes) stamps.set(axis, await slices.map(axis.times, formatTime));
  for (const { container, axis, read } of rows) {
    const label = formatCsvLabels(container, labels);
    const values = await slices.map(read(), (column) => column);
    await slices.forEach((stamps.get(axis) ?? []).entries(), ([time, stamp]) => {
      text.add(
        `${stamp},${label},${values.map((column) => formatCsvFigure(column[time] ?? NaN)).join(',')}\r\n`,
      );
    });
  }
  /* oxlint-enable no-await-in-loop */
  return text.end();
}

/** Formats a value for JSON. A number that is too large for 32 bits is missing: JSON has no `Infinity`. */
export function formatJsonFigure(value: number): string {
  return Number.isFinite(value) ? String(roundFigure(value)) : 'null';
}

/** Formats a value for CSV. */
export function formatCsvFigure(value: number): string {
  return Number.isFinite(value) ? String(roundFigure(value)) : '';
}

/** Formats a time as ISO 8601. */
export function formatTime(at: number): string {
  return new Date(at).toISOString();
}
