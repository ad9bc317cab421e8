import type { SortField } from './rows/sort.js';

/** A column of the table. */
export interface Column {
  readonly field: SortField;
  readonly label: string;
  /** What the figures mean, shown on hover. */
  readonly title: string;
  readonly isFigure: boolean;
  /** The column is shown if the table is at least so wide, in pixels. */
  readonly minWidth: number;
}

const COLUMNS: readonly Column[] = [
  text('name', 'Name', 'The name of the container', 0),
  text('host', 'Host', 'The Docker host', 640),
  text('project', 'Project', 'The project and service of Compose, Swarm or Kubernetes', 1000),
  text('image', 'Image', 'The image of the container', 1120),
  figure('cpuUsage', 'CPU', 'CPU now. The line is the last 5 minutes', 0),
  figure('memoryUsage', 'Memory', 'Memory in use and its limit. The line is the last 5 minutes', 0),
  figure('networkReceived', 'Net in', 'Received from the network since the start of the container', 860),
  figure('networkSent', 'Net out', 'Sent to the network since the start of the container', 860),
  figure('blockRead', 'Read', 'Read from disks since the start of the container', 1280),
  figure('blockWritten', 'Written', 'Written to disks since the start of the container', 1280),
  figure('pids', 'Pids', 'Processes and threads', 700),
  text('health', 'Health', 'The result of the health check, or the state', 640),
];

/** Below this width, a row has two lines: the second has what the missing columns have. */
const TWO_LINES_BELOW = 640;

/** The width of the column of hosts, which the other columns do not have then. The style sheet has it, too. */
const HOST_WIDTH = 128;

/** How the table fits its width. */
export interface Layout {
  readonly columns: readonly Column[];
  readonly hasTwoLines: boolean;
  /** Each row has its Docker host: in a column, or in its second line. */
  readonly showsHosts: boolean;
  /** In pixels. All rows are equally high: the position of a row follows from its index. */
  readonly rowHeight: number;
}

/** The layout for a table of this width in pixels. */
export function chooseLayout(tableWidth: number, showsHosts: boolean): Layout {
  const width = showsHosts ? tableWidth - HOST_WIDTH : tableWidth;
  const hasTwoLines = width < TWO_LINES_BELOW;
  const columns = COLUMNS.filter(
    ({ field, minWidth }) => width >= minWidth && (showsHosts || field !== 'host'),
  );
  return { columns, hasTwoLines, showsHosts, rowHeight: hasTwoLines ? 56 : 32 };
}

function text(field: SortField, label: string, title: string, minWidth: number): Column {
  return { field, label, title, isFigure: false, minWidth };
}

function figure(field: SortField, label: string, title: string, minWidth: number): Column {
  return { field, label, title, isFigure: true, minWidth };
}
