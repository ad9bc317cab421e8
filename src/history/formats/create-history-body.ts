import { BadRequestException } from '@nestjs/common';
import { TimeSlices } from '../../sampling/time-slices.js';
import type { FieldSource } from '../figures/history-fields.js';
import { type ContainerPredicate, HistoryWindow } from '../store/history-window.js';
import type { SampleBlock } from '../store/sample-history.js';
import { type Arrangement, arrangeContainers } from './arrange-containers.js';
import { formatSummaryCsv, formatSummaryJson, SUMMARY_VALUES } from './format-summary.js';
import { formatTableCsv, formatTableJson } from './format-table.js';
import { HistoryBody } from './history-body.js';
import { createSampleTable, createStepTable, type HistoryTable } from './history-table.js';

/** The greatest number of values in a response. */
export const MAX_VALUES = 1_000_000;

/** In CSV, each line repeats three texts: the time, the id and the name. */
const CSV_LABELS = 3;

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
}

/**
 * Creates the body of a response, in time slices.
 *
 * @param sampledAt when the newest sample of the history was taken
 * @throws {BadRequestException} if it would have too many values
 */
export async function createHistoryBody(
  blocks: readonly SampleBlock[],
  isSelected: ContainerPredicate,
  options: BodyOptions,
  sampledAt: Date | undefined,
): Promise<HistoryBody> {
  const slices = new TimeSlices('own');
  const opened = await HistoryWindow.open(blocks, isSelected, slices);
  const window = await arrangeContainers(opened, options, slices);
  const chunks = await (options.view === 'summary'
    ? formatSummary(window, options, slices)
    : formatTable(window, options, slices));
  return HistoryBody.create(chunks, TYPES[options.format], sampledAt?.toISOString(), slices);
}

function formatSummary(
  window: HistoryWindow,
  { fields, format }: BodyOptions,
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  assertSize(window.containers.length * fields.length * SUMMARY_VALUES);
  return format === 'csv'
    ? formatSummaryCsv(window, fields, slices)
    : formatSummaryJson(window, fields, slices);
}

function formatTable(
  window: HistoryWindow,
  options: BodyOptions,
  slices: TimeSlices,
): Promise<readonly Buffer[]> {
  const table = createTable(window, options);
  const labels = options.format === 'csv' ? CSV_LABELS : 0;
  assertSize(table.containers.length * table.times.length * (table.columns.length + labels));
  return options.format === 'csv' ? formatTableCsv(table, slices) : formatTableJson(table, slices);
}

function createTable(window: HistoryWindow, { fields, points, since, until }: BodyOptions): HistoryTable {
  if (points === undefined) return createSampleTable(window, fields);
  return createStepTable(window, fields, { points, since: since ?? window.times[0] ?? until, until });
}

function assertSize(values: number): void {
  if (values <= MAX_VALUES) return;
  throw new BadRequestException(
    `The response would have ${values} values; at most ${MAX_VALUES} are allowed. ` +
      'Request fewer "fields", fewer containers with "name" or "limit", a shorter time with "since", or fewer times with "points"',
  );
}
