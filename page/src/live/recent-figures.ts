import { findGap, getUsualDistance } from './gaps.js';
import type { HostFigures, HostHistory } from './host-samples.js';

/** The figures of one container in the last minutes, for sparklines. All three arrays have the same length. */
export interface RecentSeries {
  /** Milliseconds since the Unix epoch, ascending. */
  readonly times: readonly number[];
  /** `null` where the container was not in the sample, and at the edges of gaps. */
  readonly cpuUsage: readonly (number | null)[];
  readonly memoryUsage: readonly (number | null)[];
}

/** For how long figures are kept. */
export const RECENT_MS = 300_000;

/** How many samples show the usual distance. */
const NEIGHBOURS = 10;

type Values = (number | null)[];

interface Columns {
  cpuUsage: Values;
  memoryUsage: Values;
}

/** The CPU and memory of the containers of a Docker host in the last minutes. A time occurs once, wherever its sample came from. */
export class RecentFigures {
  #times: number[] = [];
  /** The times that this class added, to show a gap. */
  #gapTimes = new Set<number>();
  #columns = new Map<string, Columns>();
  #usualIntervalMs: number | undefined;

  get(id: string): RecentSeries | undefined {
    const columns = this.#columns.get(id);
    return columns && { times: this.#times, ...columns };
  }

  /** The usual time between two samples in milliseconds; `undefined` if there are less than two. */
  get usualIntervalMs(): number | undefined {
    return this.#usualIntervalMs;
  }

  /** Adds a sample. Ignores one that is not newer than the last one. */
  add({ sampledAt, containers }: Omit<HostFigures, 'host'>): void {
    const at = Date.parse(sampledAt);
    const last = this.#times.at(-1) ?? -Infinity;
    if (at <= last) return;
    const gapTime = findGap(last, this.usualIntervalMs, at);
    if (gapTime !== undefined) {
      this.#gapTimes.add(gapTime);
      this.#appendTime(gapTime);
    }
    this.#appendTime(at);
    for (const { id, cpuUsage, memoryUsage } of containers) {
      const columns = this.#columns.get(id) ?? this.#createColumns(id);
      columns.cpuUsage[columns.cpuUsage.length - 1] = cpuUsage;
      columns.memoryUsage[columns.memoryUsage.length - 1] = memoryUsage;
    }
    this.#drop(at - RECENT_MS);
    this.#measureInterval();
  }

  /** Adds what the service has kept, also between samples that are here already. */
  addHistory({ sampledAt, containers }: Omit<HostHistory, 'host'>): void {
    const historyTimes = sampledAt.map((time) => Date.parse(time));
    const oldTimes = this.#times;
    const oldColumns = this.#columns;
    const [first = Infinity] = historyTimes;
    // The service knows where a gap is. It does not know samples of which the page was the last reader.
    const kept = oldTimes.filter((time) => time < first || !this.#gapTimes.has(time));
    this.#times = [...new Set([...historyTimes, ...kept])].toSorted((a, b) => a - b);
    this.#columns = new Map();
    const places = new Map(this.#times.map((time, place) => [time, place]));
    for (const container of containers) {
      const columns = this.#createColumns(container.id);
      fill(columns.cpuUsage, places, historyTimes, container.cpuUsage);
      fill(columns.memoryUsage, places, historyTimes, container.memoryUsage);
    }
    for (const [id, old] of oldColumns) {
      const columns = this.#columns.get(id) ?? this.#createColumns(id);
      fill(columns.cpuUsage, places, oldTimes, old.cpuUsage);
      fill(columns.memoryUsage, places, oldTimes, old.memoryUsage);
    }
    this.#drop((this.#times.at(-1) ?? 0) - RECENT_MS);
    this.#measureInterval();
  }

  #createColumns(id: string): Columns {
    const length = this.#times.length;
    const columns = { cpuUsage: createNulls(length), memoryUsage: createNulls(length) };
    this.#columns.set(id, columns);
    return columns;
  }

  #appendTime(at: number): void {
    this.#times = [...this.#times, at];
    for (const { cpuUsage, memoryUsage } of this.#columns.values()) {
      cpuUsage.push(null);
      memoryUsage.push(null);
    }
  }

  #measureInterval(): void {
    // Samples are at the end, and at most every second time is that of a gap.
    const times = this.#times.slice(-2 * NEIGHBOURS).filter((time) => !this.#gapTimes.has(time));
    this.#usualIntervalMs = getUsualDistance(times.slice(-NEIGHBOURS));
  }

  /** Drops old times, and the containers that have no figures any more. */
  #drop(oldest: number): void {
    const count = this.#times.findIndex((time) => time >= oldest);
    if (count <= 0) return;
    for (const time of this.#times.slice(0, count)) this.#gapTimes.delete(time);
    this.#times = this.#times.slice(count);
    for (const [id, { cpuUsage, memoryUsage }] of this.#columns) {
      cpuUsage.splice(0, count);
      memoryUsage.splice(0, count);
      if (cpuUsage.every((value) => value === null)) this.#columns.delete(id);
    }
  }
}

function createNulls(length: number): Values {
  return Array.from({ length }, () => null);
}

/** Copies the values that exist to the places of their times. */
function fill(
  target: Values,
  places: ReadonlyMap<number, number>,
  times: readonly number[],
  values: readonly (number | null)[] = [],
): void {
  for (const [index, value] of values.entries()) {
    const place = places.get(times[index] ?? NaN);
    if (place !== undefined && value !== null) target[place] = value;
  }
}
