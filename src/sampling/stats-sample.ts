import type { ContainerStats, SkippedRow } from 'docker-stats-client';

/** The result of one `docker stats` run: the containers, sorted by name and id, and the skipped rows. */
export interface StatsSample {
  /** When the run ended. */
  readonly sampledAt: Date;
  /** The same moment on the monotonic `Clock`, to compute ages. */
  readonly sampledAtMonotonicMs: number;
  /** How long the run took. */
  readonly durationMs: number;
  readonly containers: readonly ContainerStats[];
  readonly skipped: readonly SkippedRow[];
  /** Set if docker did not list the containers. Then a row that is skipped as `restarting` may be a stopped container. */
  readonly hasUnknownStates?: true;
  /** Set if this is only the part that an API key may see: the whole sample, and the patterns of the scope. */
  readonly partOf?: { readonly whole: StatsSample; readonly scope: string };
}
