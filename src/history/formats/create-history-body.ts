import { BadRequestException } from '@nestjs/common';
import type { TimeSlices } from '../../sampling/time-slices.js';
import type { FieldSource } from '../figures/history-fields.js';
import type { SeriesSelection } from '../series/container-series.js';
import { type Arrangement, arrangeContainers } from './arrange-containers.js';
import { formatSummaryCsv, formatSummaryJson, SUMMARY_VALUES } from './format-summary.js';
import { formatTableCsv, formatTableJson } from './format-table.js';
import { HistoryBody } from './history-body.js';
import { createSampleTable, createStepTable, type HistoryTable } from './history-table.js';
import { listLabels } from './labels.js';

/** The greatest number of values in a response. */
export const MAX_VALUES = 1_000_000;

const TYPES = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
} as const;

/** What a body shows of its samples. */
interface BodyOptions extends Arrangement {
  readonly fields: readonly FieldSource[];
  /** Without a start, the steps begin with the first sample. */
  readonly since: number | undefined;
  readonly until: number;
  readonly points: number | undefined;
  readonly view: 'summary' | undefined;
  readonly format: keyof typeof TYPES;
  /** Whether the containers have `host`. */
  readonly hasHosts: boolean;
}

/**
 * Creates the body of a response, in time slices.
 *
 * @throws {BadRequestException} if it would have too many values
 */
export async function createHistoryBody(
  selection: SeriesSelection,
  options: BodyOptions,
  slices: TimeSlices,
): Promise<HistoryBody> {
  const arranged = { ...selection, series: await arrangeContainers(selection.series, options, slices) };
  const chunks = await (options.view === 'summary'
    ? formatSummary(arranged, options, slices)
    : formatTable(arranged, options, slices));
  return HistoryBody.create(chunks, TYPES[options.format], selection.sampledAt?.toISOString(), slices);
}

function formatSummary(
  selection: SeriesSelection,
  { fields, format, hasHosts }: BodyOptions,
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  assertSize(selection.series.length * fields.length * SUMMARY_VALUES);
  return format === 'csv'
    ? formatSummaryCsv(selection, listLabels(hasHosts), fields, slices)
    : formatSummaryJson(selection, fields, slices);
}

async function formatTable(
  selection: SeriesSelection,
  options: BodyOptions,
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const table = await createTable(selection, options, slices);
  const labels = listLabels(options.hasHosts);
  // In CSV, each line repeats the time and the labels.
  const width = table.columns.length + (options.format === 'csv' ? labels.length + 1 : 0);
  assertSize(table.rows.reduce((sum, { axis }) => sum + axis.times.length * width, 0));
  return options.format === 'csv' ? formatTableCsv(table, labels, slices) : formatTableJson(table, slices);
}

function createTable(
  selection: SeriesSelection,
  { fields, points, since, until }: BodyOptions,
  slices: TimeSlices,
): Promise<HistoryTable> {
  if (points === undefined) return createSampleTable(selection, fields, slices);
  const starts = selection.timelines.map(({ times }) => times[0] ?? until);
  const steps = selection.steps ?? { since: since ?? Math.min(...starts, until), until };
  return createStepTable(selection, fields, { points, ...steps }, slices);
}

function assertSize(values: number): void {
  if (values <= MAX_VALUES) return;
  throw new BadRequestException(
    `The response would have ${values} values; at most ${MAX_VALUES} are allowed. ` +
      'Request fewer "fields", fewer containers with "name" or "limit", a shorter time with "since", or fewer times with "points"',
  );
}
