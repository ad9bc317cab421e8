import { matchesAll, type Labels } from './matches.js';
import type { Matcher } from './promql-reader.js';

/** How long Prometheus serves a value after its scrape. */
const LOOKBACK_MS = 300_000;

/** A value, and when it was scraped, in milliseconds since the Unix epoch. Without a value, the series ended. */
interface StoredPoint {
  readonly at: number;
  readonly value?: number;
}

interface Series {
  readonly id: string;
  readonly labels: Labels;
  /** The id of its target. */
  readonly target: string;
  readonly points: StoredPoint[];
}

/** A series at one time. */
export interface Instant {
  readonly labels: Labels;
  readonly value: number;
  /** When the value was scraped. */
  readonly at: number;
}

/** A series over some time. */
export interface SeriesRange {
  readonly labels: Labels;
  /** The oldest first; at least one. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** Keeps series as Prometheus does. Times are in milliseconds since the Unix epoch. */
export class SeriesStore {
  readonly #series = new Map<string, Series>();

  /** Adds what a target says at a time. Series of the target that it no longer has end. */
  addScrape(target: Labels, values: readonly Omit<Instant, 'at'>[], at: number): void {
    const targetId = toId(target);
    const missing = new Map([...this.#series].filter(([, series]) => series.target === targetId));
    for (const { labels, value } of values) {
      const series = this.#getSeries(addTargetLabels(labels, target), targetId);
      series.points.push({ at, value });
      missing.delete(series.id);
    }
    for (const { points } of missing.values()) {
      if (points.at(-1)?.value !== undefined) points.push({ at });
    }
  }

  /** Returns the values that are current at a time. */
  select(matchers: readonly Matcher[], time: number): readonly Instant[] {
    return [...this.#series.values()].flatMap(({ labels, points }) => {
      if (!matchesAll(matchers, labels)) return [];
      const point = points.findLast(({ at }) => at <= time);
      if (point?.value === undefined || point.at <= time - LOOKBACK_MS) return [];
      return { labels, value: point.value, at: point.at };
    });
  }

  /** Returns the values after one time, until another one. */
  selectRange(matchers: readonly Matcher[], after: number, until: number): readonly SeriesRange[] {
    return [...this.#series.values()].flatMap(({ labels, points }) => {
      if (!matchesAll(matchers, labels)) return [];
      const found = points.flatMap(({ at, value }) =>
        value === undefined || at <= after || at > until ? [] : [{ at, value }],
      );
      return found.length === 0 ? [] : [{ labels, points: found }];
    });
  }

  /** Forgets all. */
  clear(): void {
    this.#series.clear();
  }

  #getSeries(labels: Labels, target: string): Series {
    const id = toId(labels);
    const series = this.#series.get(id) ?? { id, labels, target, points: [] };
    this.#series.set(id, series);
    return series;
  }
}

/** Identifies a series by its labels. */
export function toId(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Adds the labels of the target. A scraped label with the same name is renamed, as with `honor_labels: false`. */
function addTargetLabels(labels: Labels, target: Labels): Labels {
  const scraped = Object.entries(labels).map(([name, value]) => [
    name in target ? `exported_${name}` : name,
    value,
  ]);
  return { ...(Object.fromEntries(scraped) as Labels), ...target };
}
