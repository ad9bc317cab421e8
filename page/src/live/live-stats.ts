import { type ReadonlySignal, signal } from '@preact/signals';
import type { FullStats } from 'docker-stats-client';
import type { Connection } from './connection.js';

/** A sample, and when the page received it. */
export interface ReceivedStats {
  readonly stats: FullStats;
  /** `performance.now()` at its arrival. Its age now is `stats.ageMs` plus the time since then. */
  readonly receivedAtMs: number;
}

/** The figures of one container in the last minutes, for sparklines. All three arrays have the same length. */
export interface RecentSeries {
  /** Milliseconds since the Unix epoch, ascending. */
  readonly times: readonly number[];
  /** `null` where the container was not in the sample, and at the edges of gaps. */
  readonly cpuUsage: readonly (number | null)[];
  readonly memoryUsage: readonly (number | null)[];
}

/** The live data of the page: one stream, opened while the tab is visible. */
export class LiveStats {
  readonly #connection = signal<Connection>({ state: 'connecting' });
  readonly #latest = signal<ReceivedStats | undefined>(undefined);

  get connection(): ReadonlySignal<Connection> {
    return this.#connection;
  }

  /** The newest sample. */
  get latest(): ReadonlySignal<ReceivedStats | undefined> {
    return this.#latest;
  }

  /** The figures of a container in the last minutes. Changes together with {@link latest}. */
  getRecent(_id: string): RecentSeries | undefined {
    return undefined;
  }
}
