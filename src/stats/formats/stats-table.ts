import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import {
  BASIC_FIELDS,
  CONTAINER_FIELDS,
  type ContainerField,
  type FigureField,
} from '../../sampling/container-fields.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { formatBinarySize, formatDecimalSize } from './sizes.js';

/** Docker's placeholder for a missing figure. */
const PLACEHOLDER = '--';

/** The minimum width of a column and the gap after it, as in docker's tables. */
const MIN_WIDTH = 10;
const GAP = 3;

/** How many digits of an id docker's table shows. */
const ID_DIGITS = 12;

/** Formats figures as docker does, by unit. */
const FORMATTERS: Readonly<Record<FigureField['unit'], (figure: number) => string>> = {
  percent: (figure) => `${figure.toFixed(2)}%`,
  memory: formatBinarySize,
  io: formatDecimalSize,
  count: String,
};

interface Column {
  readonly title: string;
  /** The fields in its cells: one or two. */
  readonly names: readonly (keyof ContainerStats)[];
  readonly formatCell: (container: ContainerStats) => string;
}

const BASIC = createColumns(BASIC_FIELDS, ({ basicColumn, column }) => basicColumn ?? column);
const FULL = createColumns(CONTAINER_FIELDS, ({ column }) => column);

/**
 * Formats containers like the table of `docker stats`. The basic view has three of its columns; the full view has all, with the
 * skipped containers at the end.
 */
export async function formatTable(
  containers: readonly ContainerStats[],
  view: 'full' | undefined,
  skipped: readonly SkippedRow[],
  slices: TimeSlices,
): Promise<string> {
  const columns = view === 'full' ? FULL : BASIC;
  const rows = await slices.map(containers, (container) =>
    columns.map(({ formatCell }) => formatCell(container)),
  );
  const skippedRows =
    view === 'full' ? await slices.map(skipped, ({ container }) => formatSkippedRow(container)) : [];
  const all = [columns.map(({ title }) => title), ...rows, ...skippedRows];

  const widths = columns.map(() => MIN_WIDTH - GAP);
  await slices.forEach(all, (cells) =>
    cells.forEach((cell, n) => (widths[n] = Math.max(widths[n] ?? 0, cell.length))),
  );
  const lines = await slices.map(all, (cells) =>
    cells.map((cell, n) => (n < cells.length - 1 ? cell.padEnd((widths[n] ?? 0) + GAP) : cell)).join(''),
  );
  return `${lines.join('\n')}\n`;
}

/** Groups fields by column title, in their order; leaves out fields without a title. */
function createColumns(
  fields: readonly ContainerField[],
  getTitle: (field: ContainerField) => string | undefined,
): readonly Column[] {
  const titles = new Set(fields.map(getTitle).filter((title) => title !== undefined));
  return [...titles].map((title) => {
    const shown = fields.filter((field) => getTitle(field) === title);
    const formatCell = shown
      .map(createFormatter)
      .reduce((first, second) => (container) => `${first(container)} / ${second(container)}`);
    return { title, names: shown.map(({ name }) => name), formatCell };
  });
}

function formatSkippedRow(container: string | null): string[] {
  return FULL.map(({ names }) =>
    names.includes('name') ? replaceControls(container ?? PLACEHOLDER) : PLACEHOLDER,
  );
}

function createFormatter(field: ContainerField): (container: ContainerStats) => string {
  if (field.unit === 'id')
    return (container) => replaceControls(container[field.name]?.slice(0, ID_DIGITS) ?? PLACEHOLDER);
  if (field.unit === 'text') return (container) => replaceControls(container[field.name] ?? PLACEHOLDER);
  const format = FORMATTERS[field.unit];
  return (container) => {
    const figure = container[field.name];
    return figure === null ? PLACEHOLDER : format(figure);
  };
}

/** Replaces control characters: `DOCKER_BIN` may name any program, whose output could contain terminal escape sequences. */
function replaceControls(cell: string): string {
  return cell.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
