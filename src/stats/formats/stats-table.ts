import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import type { TimeSlices } from '../../sampling/time-slices.js';
import { formatBinarySize, formatDecimalSize } from '../../docker/units.js';

/** What docker prints in place of a figure that there is none of. */
const NONE = '--';

/** Of each column but the last, as in docker's tables: its least width, and how far it is from the next one. */
const MIN_WIDTH = 10;
const GAP = 3;

interface Column {
  readonly title: string;
  readonly cell: (container: ContainerStats) => string;
}

const NAME: Column = { title: 'NAME', cell: ({ name }) => name };
const CPU: Column = { title: 'CPU %', cell: ({ cpuUsage }) => percent(cpuUsage) };

const BASIC: readonly Column[] = [
  NAME,
  CPU,
  { title: 'MEM USAGE', cell: ({ memoryUsage }) => size(memoryUsage, formatBinarySize) },
];

const FULL: readonly Column[] = [
  { title: 'CONTAINER ID', cell: ({ id }) => id.slice(0, 12) },
  NAME,
  CPU,
  {
    title: 'MEM USAGE / LIMIT',
    cell: ({ memoryUsage, memoryLimit }) => pair(memoryUsage, memoryLimit, formatBinarySize),
  },
  { title: 'MEM %', cell: ({ memoryPercent }) => percent(memoryPercent) },
  {
    title: 'NET I/O',
    cell: ({ networkReceived, networkSent }) => pair(networkReceived, networkSent, formatDecimalSize),
  },
  {
    title: 'BLOCK I/O',
    cell: ({ blockRead, blockWritten }) => pair(blockRead, blockWritten, formatDecimalSize),
  },
  { title: 'PIDS', cell: ({ pids }) => String(pids ?? NONE) },
];

/**
 * Containers as the table that `docker stats` prints: its three columns of the plain view, or all of them, with the
 * containers that have no figures at the end.
 */
export async function tableOf(
  containers: readonly ContainerStats[],
  view: 'full' | undefined,
  skipped: readonly SkippedRow[],
  slices: TimeSlices,
): Promise<string> {
  const columns = view === 'full' ? FULL : BASIC;
  const rows = await slices.map(containers, (container) =>
    columns.map(({ cell }) => printable(cell(container))),
  );
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

function unreadRow(container: string | null): string[] {
  return FULL.map((column) => (column === NAME ? printable(container ?? NONE) : NONE));
}

function percent(figure: number | null): string {
  return figure === null ? NONE : `${figure.toFixed(2)}%`;
}

function size(mb: number | null, format: (mb: number) => string): string {
  return mb === null ? NONE : format(mb);
}

function pair(first: number | null, second: number | null, format: (mb: number) => string): string {
  return `${size(first, format)} / ${size(second, format)}`;
}

/** Docker's names are plain; whatever else stands in for it must not reach a terminal as commands to it. */
function printable(cell: string): string {
  return cell.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
