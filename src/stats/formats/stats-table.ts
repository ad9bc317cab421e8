import type { ContainerStats, ProjectStats, SkippedHost, SkippedRow } from 'docker-stats-client';
import {
  type ContainerField,
  type FigureField,
  getViewFields,
  isFigure,
} from '../../sampling/container-fields.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { listSkippedHosts } from './sampled-hosts.js';
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

/** The columns of the two views. */
interface Columns {
  readonly basic: readonly Column[];
  readonly full: readonly Column[];
}

const COLUMNS = createViews(false);
const COLUMNS_WITH_HOST = createViews(true);

/**
 * Formats containers like the table of `docker stats`. The basic view has three of its columns. The full view has all of them,
 * then the columns that `docker stats` does not have, and the skipped containers at the end.
 */
export async function formatTable(
  containers: readonly ContainerStats[],
  view: 'full' | undefined,
  sample: StatsSample,
  slices: TimeSlices,
): Promise<string> {
  const columns = (sample.hosts === undefined ? COLUMNS : COLUMNS_WITH_HOST)[view ?? 'basic'];
  const rows = await slices.map(containers, (container) =>
    columns.map(({ formatCell }) => formatCell(container)),
  );
  const skipped = view === 'full' ? [...listSkippedHosts(sample), ...sample.skipped] : [];
  const skippedRows = await slices.map(skipped, (row) => formatSkippedRow(row, columns));
  return layOutTable(
    columns.map(({ title }) => title),
    [...rows, ...skippedRows],
    slices,
  );
}

/** Formats sums of projects as a table. */
export async function formatProjectTable(
  projects: readonly ProjectStats[],
  slices: TimeSlices,
): Promise<string> {
  const rows = await slices.map(projects, ({ project, containers, cpuUsage, memoryUsage }) => [
    replaceControls(project ?? PLACEHOLDER),
    String(containers),
    FORMATTERS.percent(cpuUsage),
    memoryUsage === null ? PLACEHOLDER : formatBinarySize(memoryUsage),
  ]);
  return layOutTable(['PROJECT', 'CONTAINERS', 'CPU %', 'MEM USAGE'], rows, slices);
}

/** Aligns cells in columns, as docker's tables do. */
async function layOutTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  slices: TimeSlices,
): Promise<string> {
  const all = [titles, ...rows];
  const widths = titles.map(() => MIN_WIDTH - GAP);
  await slices.forEach(all, (cells) =>
    cells.forEach((cell, n) => (widths[n] = Math.max(widths[n] ?? 0, cell.length))),
  );
  const lines = await slices.map(all, (cells) =>
    cells.map((cell, n) => (n < cells.length - 1 ? cell.padEnd((widths[n] ?? 0) + GAP) : cell)).join(''),
  );
  return `${lines.join('\n')}\n`;
}

function createViews(hasHosts: boolean): Columns {
  const full = getViewFields('full', hasHosts);
  return {
    basic: createColumns(
      getViewFields(undefined, hasHosts),
      ({ basicColumn, column }) => basicColumn ?? column,
    ),
    full: createColumns(
      full.toSorted((a, b) => Number(isDetail(a)) - Number(isDetail(b))),
      ({ column }) => column,
    ),
  };
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

/** Whether a field is not in the table of `docker stats`. Such a text may be long. */
function isDetail(field: ContainerField): boolean {
  return !isFigure(field) && field.name !== 'host' && field.name !== 'id' && field.name !== 'name';
}

function formatSkippedRow(
  { host, container, project }: SkippedRow | SkippedHost,
  columns: readonly Column[],
): string[] {
  const known: Partial<Record<string, string | null>> = { host: host ?? null, name: container, project };
  return columns.map(({ names }) => replaceControls((names[0] && known[names[0]]) ?? PLACEHOLDER));
}

function createFormatter(field: ContainerField): (container: ContainerStats) => string {
  if (!isFigure(field)) {
    const digits = field.unit === 'id' ? ID_DIGITS : undefined;
    return (container) => replaceControls(container[field.name]?.slice(0, digits) ?? PLACEHOLDER);
  }
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
