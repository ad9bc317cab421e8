import type { ContainerStats, SkippedRow, SkipReason } from 'docker-stats-client';
import { linesOf } from './lines-of.js';
import { TimeSlices } from '../sampling/time-slices.js';
import { convertMemoryToMb, parseCount, parsePercent, UnreadableFigureError } from './units.js';

/** A row without figures, and whose it is. */
export interface UnreadRow extends SkippedRow {
  /** The container's id, or its beginning; `null` where docker does not say it. */
  readonly id: string | null;
}

/** The rows of one `docker stats` output, in docker's order. */
export interface DockerStatsRows {
  readonly containers: readonly ContainerStats[];
  readonly unread: readonly UnreadRow[];
}

/** The columns that `docker stats --format '{{json .}}'` prints, all strings. */
const COLUMNS = [
  'ID',
  'Container',
  'Name',
  'CPUPerc',
  'MemUsage',
  'MemPerc',
  'NetIO',
  'BlockIO',
  'PIDs',
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

/** What docker prints in place of a figure that it does not have. */
const NO_FIGURE = '--';

/** Docker's own rows have a few hundred characters: nothing longer is worth the time that it holds the event loop. */
const MAX_ROW_LENGTH = 65_536;

/** An output has room for millions of lines that are no rows, and to find that out takes microseconds of each. */
const MAX_UNREAD_LINES = 100_000;

const NAMELESS: UnreadRow = { container: null, id: null, reason: 'malformed' };

/**
 * Reads the output of `docker stats --all --no-stream --format '{{json .}}'`, one JSON object a line, of docker CLIs
 * 20.10 to 29. Takes any text: a row that cannot be read is said. Lines that name no container are said once, however
 * many; so is the rest of a text of which 100,000 lines gave no figures. Reads in time slices: the text may be many
 * megabytes.
 */
export async function parseDockerStats(stdout: string): Promise<DockerStatsRows> {
  const containers: ContainerStats[] = [];
  const unread: UnreadRow[] = [];
  let unreadLines = 0;
  let hasNameless = false;
  const areAllRead = await new TimeSlices('sample').every(linesOf(stdout), (line) => {
    if (line === '') return true;
    const row = readRow(line);
    const read = row === undefined ? 'malformed' : readContainer(row);
    if (typeof read !== 'string') {
      containers.push(read);
      return true;
    }
    if (++unreadLines > MAX_UNREAD_LINES) return false;
    const container = (row && labelOf(row)) ?? null;
    const id = (row && idOf(row)) ?? null;
    if (container !== null || !hasNameless) unread.push({ container, id, reason: read });
    hasNameless ||= container === null;
    return true;
  });
  if (!areAllRead && !hasNameless) unread.push(NAMELESS);
  return { containers, unread };
}

/** The columns of a row; one that is missing, or no string, is empty. `undefined` when the line is no row at all. */
function readRow(line: string): Row | undefined {
  if (line.length > MAX_ROW_LENGTH) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  const given: Partial<Record<string, unknown>> = { ...fields };
  const cells = COLUMNS.map((column) => [column, typeof given[column] === 'string' ? given[column] : '']);
  return Object.fromEntries(cells) as Row;
}

/** The container's name, else its id: of a row without figures, only `Container` says whose it is. */
function labelOf(row: Row): string | undefined {
  return [row.Name, row.Container, row.ID].find(isGiven);
}

function idOf(row: Row): string | undefined {
  return [row.ID, row.Container].find(isGiven);
}

function isGiven(cell: string): boolean {
  return cell !== '' && cell !== NO_FIGURE;
}

function readContainer(row: Row): ContainerStats | SkipReason {
  if (row.CPUPerc === NO_FIGURE) return 'no_reading';
  const id = row.ID || row.Container;
  if (row.Name === '' || id === '') return 'malformed';
  try {
    const [used, limit] = readPair(row.MemUsage);
    const pids = figure(row.PIDs, parseCount);
    // Both zeros together are a container between two runs; either alone is a host that does not account for it.
    if (limit === 0 && pids === 0) return 'restarting';
    const [networkReceived, networkSent] = readPair(row.NetIO);
    const [blockRead, blockWritten] = readPair(row.BlockIO);
    return {
      id,
      name: row.Name,
      cpuUsage: parsePercent(row.CPUPerc),
      memoryUsage: limit === 0 && used === 0 ? null : used,
      memoryLimit: limit || null,
      memoryPercent: limit ? figure(row.MemPerc, parsePercent) : null,
      networkReceived,
      networkSent,
      blockRead,
      blockWritten,
      pids: pids || null,
    };
  } catch (error) {
    if (error instanceof UnreadableFigureError) return 'malformed';
    throw error;
  }
}

/** `A / B` as two sizes in MB; Windows containers have `A` alone for memory, which leaves the second unknown. */
function readPair(text: string): [number | null, number | null] {
  const [first = '', second = NO_FIGURE, ...more] = text.split(' / ');
  if (more.length > 0) throw new UnreadableFigureError(text);
  return [figure(first, convertMemoryToMb), figure(second, convertMemoryToMb)];
}

function figure(text: string, read: (text: string) => number): number | null {
  return text === NO_FIGURE ? null : read(text);
}
