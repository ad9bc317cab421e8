import { formatField } from '../../stats/formats/stats-csv.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { roundFigure } from '../figures/round-figure.js';
import type { HistoryTable } from './history-table.js';
import { TextChunks } from './text-chunks.js';

/** Formats a table as JSON: a list of times, and lists of values per container. */
export async function formatTableJson(
  { times, columns, containers, read }: HistoryTable,
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const text = new TextChunks();
  text.add('{"sampledAt":[');
  text.addList(await slices.map(times, (at) => `"${formatTime(at)}"`));
  text.add('],"containers":[');
  /* oxlint-disable no-await-in-loop -- one container after the other: each uses memory */
  for (const [n, { id, name }] of containers.entries()) {
    text.add(`${n === 0 ? '' : ','}{"id":${JSON.stringify(id)},"name":${JSON.stringify(name)}`);
    let column = 0;
    for (const values of read(n)) {
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

/** Formats a table as CSV: a line per container and time. A missing value is empty. */
export async function formatTableCsv(
  { times, columns, containers, read }: HistoryTable,
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const text = new TextChunks();
  text.add(`${['sampledAt', 'id', 'name', ...columns].join(',')}\r\n`);
  const stamps = await slices.map(times, formatTime);
  for (const [n, { id, name }] of containers.entries()) {
    const label = `${formatField(id)},${formatField(name)}`;
    /* oxlint-disable no-await-in-loop -- one container after the other: each uses memory */
    const values = await slices.map(read(n), (column) => column);
    await slices.forEach(stamps.entries(), ([time, stamp]) => {
      text.add(
        `${stamp},${label},${values.map((column) => formatCsvFigure(column[time] ?? NaN)).join(',')}\r\n`,
      );
    });
    /* oxlint-enable no-await-in-loop */
  }
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
