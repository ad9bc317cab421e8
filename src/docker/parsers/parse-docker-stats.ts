import type { ContainerStats, SkippedRow, SkipReason } from 'docker-stats-client';
import { splitLines } from './split-lines.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import { convertMemoryToMb, parseCount, parsePercent, UnreadableFigureError } from './units.js';

/** A row without figures. */
export type SkippedStatsRow = Omit<SkippedRow, 'project'>;

/** The rows in the output of one `docker stats` run, in docker's order. */
export interface DockerStatsRows {
  readonly containers: readonly ContainerStats[];
  readonly skipped: readonly SkippedStatsRow[];
}

/** The columns of `docker stats --format '{{json .}}'`, all strings. */
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

/** Docker prints this instead of a missing figure. */
const NO_FIGURE = '--';

/** Real rows have a few hundred characters. Parsing a very long line would block the event loop. */
const MAX_ROW_LENGTH = 65_536;

/** The output limit allows millions of malformed lines, and each one takes microseconds. */
const MAX_SKIPPED_LINES = 100_000;

const UNNAMED_ROW: SkippedStatsRow = { container: null, id: null, reason: 'malformed' };

/**
 * Parses the output of `docker stats --all --no-stream --format '{{json .}}'` of docker CLIs 20.10 to 29, one JSON object per
 * line. Accepts any text: rows without figures and malformed lines are returned in `skipped`. All lines without a container
 * name or id share one skipped row. After 100,000 skipped lines, parsing stops. Then the shared row also stands for the rest of
 * the text. Works in time slices, because the text may have many megabytes.
 *
 * @param host the name of the Docker host, for the field `host`
 */
export async function parseDockerStats(stdout: string, host?: string): Promise<DockerStatsRows> {
  const containers: ContainerStats[] = [];
  const skipped: SkippedStatsRow[] = [];
  let skippedLines = 0;
  let hasUnnamedRow = false;
  const isComplete = await new TimeSlices('sample').every(splitLines(stdout), (line) => {
    if (line === '') return true;
    const row = parseRow(line);
    const result = row === undefined ? 'malformed' : parseContainer(row, host);
    if (typeof result !== 'string') {
      containers.push(result);
      return true;
    }
    if (++skippedLines > MAX_SKIPPED_LINES) return false;
    const container = (row && findLabel(row)) ?? null;
    const id = (row && findId(row)) ?? null;
    if (container !== null || !hasUnnamedRow) skipped.push({ container, id, reason: result });
    hasUnnamedRow ||= container === null;
    return true;
  });
  if (!isComplete && !hasUnnamedRow) skipped.push(UNNAMED_ROW);
  return { containers, skipped };
}

/**
 * The columns of a row. A column is empty if the line has no string for it. `undefined` if the line is too long or not a JSON
 * object.
 */
function parseRow(line: string): Row | undefined {
  if (line.length > MAX_ROW_LENGTH) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  const values: Partial<Record<string, unknown>> = { ...fields };
  const cells = COLUMNS.map((column) => [column, typeof values[column] === 'string' ? values[column] : '']);
  return Object.fromEntries(cells) as Row;
}

/** The container's name, else its id. A row without figures has the id in `Container` only. */
function findLabel(row: Row): string | undefined {
  return [row.Name, row.Container, row.ID].find(hasValue);
}

function findId(row: Row): string | undefined {
  return [row.ID, row.Container].find(hasValue);
}

function hasValue(cell: string): boolean {
  return cell !== '' && cell !== NO_FIGURE;
}

function parseContainer(row: Row, host?: string): ContainerStats | SkipReason {
  if (row.CPUPerc === NO_FIGURE) return 'no_reading';
  const id = row.ID || row.Container;
  if (row.Name === '' || id === '') return 'malformed';
  try {
    const [used, limit] = parsePair(row.MemUsage);
    const pids = parseFigure(row.PIDs, parseCount);
    // A restarting, starting or stopped container has both zeros. If only one is zero, the host does not measure that figure.
    if (limit === 0 && pids === 0) return 'restarting';
    const [networkReceived, networkSent] = parsePair(row.NetIO);
    const [blockRead, blockWritten] = parsePair(row.BlockIO);
    return {
      ...(host !== undefined && { host }),
      id,
      name: row.Name,
      // `docker ps` gives these.
      image: null,
      project: null,
      service: null,
      state: null,
      health: null,
      createdAt: null,
      cpuUsage: parsePercent(row.CPUPerc),
      memoryUsage: limit === 0 && used === 0 ? null : used,
      memoryLimit: limit || null,
      memoryPercent: limit ? parseFigure(row.MemPerc, parsePercent) : null,
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

/** Parses `A / B` as two sizes in MB. For memory, Windows containers have `A` alone; the second size is `null` then. */
function parsePair(text: string): [number | null, number | null] {
  const [first = '', second = NO_FIGURE, ...more] = text.split(' / ');
  if (more.length > 0) throw new UnreadableFigureError(text);
  return [parseFigure(first, convertMemoryToMb), parseFigure(second, convertMemoryToMb)];
}

function parseFigure(text: string, parse: (text: string) => number): number | null {
  return text === NO_FIGURE ? null : parse(text);
}
