import type { RecentSeries } from '../../live/live-stats.js';
import type { CpuUnit } from '../../units/format-cpu.js';
import type { Layout } from '../columns.js';
import type { GroupField } from '../rows/group.js';

/** What all rows of the table share. A new object means that the rows have to be drawn again. */
export interface RowContext {
  readonly layout: Layout;
  /** The rows are below those of their groups. */
  readonly groupBy: GroupField | undefined;
  readonly cpuUnit: CpuUnit;
  /** The CPU in % of a whole bar. */
  readonly cpuScale: number;
  /** A new function means that the lines have other values, not only newer ones. */
  readonly getRecent: (id: string, host: string | undefined) => RecentSeries | undefined;
  /** A new function means that the URLs are others. */
  readonly getContainerUrl: (id: string, host: string | undefined) => string;
  readonly openContainer: (id: string, host: string | undefined) => void;
  readonly toggleGroup: (group: string) => void;
}
