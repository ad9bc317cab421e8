import type { ContainerStats, SkippedRow } from 'docker-stats-client';

/** What one run of `docker stats` told: the containers by name, then id, and the rows that are not served. */
export interface StatsSample {
  /** When the run ended. */
  readonly sampledAt: Date;
  /** The same on the monotonic {@link Clock}, for ages. */
  readonly sampledAtMonotonicMs: number;
  /** How long the run took. */
  readonly durationMs: number;
  readonly containers: readonly ContainerStats[];
  readonly skipped: readonly SkippedRow[];
  /** Where this is the part of a sample that some API keys may see: the whole, and the patterns of names. */
  readonly partOf?: { readonly whole: StatsSample; readonly scope: string };
}
