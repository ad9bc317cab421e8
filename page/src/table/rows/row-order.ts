import type { FullStats } from 'docker-stats-client';
import { type Arrangement, arrangeRows } from './arrange.js';
import type { StatsRow } from './row.js';

/** The rows in their order. */
export interface OrderedRows {
  readonly rows: readonly StatsRow[];
  /** The rows have the order of an earlier sample. */
  readonly isHeld: boolean;
}

interface Shown extends OrderedRows {
  readonly stats: FullStats;
  readonly arrangement: Arrangement;
}

/** The order of the rows on the screen: sorted, except while the user points at them. */
export class RowOrder {
  #shown: Shown | undefined;

  /** Sorts the rows of a new sample or of a new arrangement; of a new sample only if `isHeld()` says no. */
  arrange(stats: FullStats, arrangement: Arrangement, isHeld: () => boolean): OrderedRows {
    const shown = this.#shown;
    const isSame = shown !== undefined && isSameArrangement(shown.arrangement, arrangement);
    if (isSame && shown.stats === stats) return shown;
    const held = isSame && isHeld() ? shown.rows : undefined;
    const rows = arrangeRows(stats, arrangement, held);
    const next: Shown = { stats, arrangement, rows, isHeld: held !== undefined };
    this.#shown = next;
    return next;
  }

  /** Lets the next call sort. Returns whether that can change the order. */
  release(): boolean {
    if (this.#shown?.isHeld !== true) return false;
    this.#shown = undefined;
    return true;
  }
}

function isSameArrangement(a: Arrangement, b: Arrangement): boolean {
  return (
    a.filter === b.filter &&
    a.groupBy === b.groupBy &&
    a.sort.field === b.sort.field &&
    a.sort.descending === b.sort.descending
  );
}
