import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import {
  BASIC_FIELDS,
  CONTAINER_FIELDS,
  type ContainerField,
  type FigureField,
} from '../../sampling/container-fields.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { formatBinarySize, formatDecimalSize } from './sizes.js';

/** What docker prints in place of a figure that there is none of. */
const NONE = '--';

/** Of each column but the last, as in docker's tables: its least width, and how far it is from the next one. */
const MIN_WIDTH = 10;
const GAP = 3;

/** How many digits of an id docker prints in its table. */
const ID_DIGITS = 12;

/** How docker prints figures, by their unit. */
const FIGURES: Readonly<Record<FigureField['unit'], (figure: number) => string>> = {
  percent: (figure) => `${figure.toFixed(2)}%`,
  memory: formatBinarySize,
  io: formatDecimalSize,
  count: String,
};

interface Column {
  readonly title: string;
  /** The fields that its cells show: one, or two. */
  readonly names: readonly (keyof ContainerStats)[];
  readonly cell: (container: ContainerStats) => string;
}

const BASIC = columnsOf(BASIC_FIELDS, ({ basicColumn, column }) => basicColumn ?? column);
const FULL = columnsOf(CONTAINER_FIELDS, ({ column }) => column);

/**
 * Containers as the table that `docker stats` prints: its three columns of the basic view, or all of them, with the
 * containers that have no figures at the end.
 */
export async function tableOf(
  containers: readonly ContainerStats[],
  view: 'full' | undefined,
  skipped: readonly SkippedRow[],
  slices: TimeSlices,
): Promise<string> {
  const columns = view === 'full' ? FULL : BASIC;
  const rows = await slices.map(containers, (container) => columns.map(({ cell }) => cell(container)));
  const unread = view === 'full' ? await slices.map(skipped, ({ container }) => unreadRow(container)) : [];
  const all = [columns.map(({ title }) => title), ...rows, ...unread];

  const widths = columns.map(() => MIN_WIDTH - GAP);
  await slices.forEach(all, (cells) =>
    cells.forEach((cell, n) => (widths[n] = Math.max(widths[n] ?? 0, cell.length))),
  );
  const lines = await slices.map(all, (cells) =>
    cells.map((cell, n) => (n < cells.length - 1 ? cell.padEnd((widths[n] ?? 0) + GAP) : cell)).join(''),
  );
  return `${lines.join('\n')}\n`;
}

/** The columns of fields, in their order; a field without a title is in none. */
function columnsOf(
  fields: readonly ContainerField[],
  titleOf: (field: ContainerField) => string | undefined,
): readonly Column[] {
  const titles = new Set(fields.map(titleOf).filter((title) => title !== undefined));
  return [...titles].map((title) => {
    const shown = fields.filter((field) => titleOf(field) === title);
    const cell = shown
      .map(printerOf)
      .reduce((first, second) => (container) => `${first(container)} / ${second(container)}`);
    return { title, names: shown.map(({ name }) => name), cell };
  });
}

function unreadRow(container: string | null): string[] {
  return FULL.map(({ names }) => (names.includes('name') ? printable(container ?? NONE) : NONE));
}

function printerOf(field: ContainerField): (container: ContainerStats) => string {
  if (field.unit === 'id')
    return (container) => printable(container[field.name]?.slice(0, ID_DIGITS) ?? NONE);
  if (field.unit === 'text') return (container) => printable(container[field.name] ?? NONE);
  const print = FIGURES[field.unit];
  return (container) => {
    const figure = container[field.name];
    return figure === null ? NONE : print(figure);
  };
}

/** Docker's names are plain; whatever else stands in for it must not reach a terminal as commands to it. */
function printable(cell: string): string {
  return cell.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
