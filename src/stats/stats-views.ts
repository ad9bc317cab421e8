import type { ContainerStats, SkippedRow, StatsSample } from './stats-sample.js';

/** A container in the plain view of `GET /stats`: the contract of the original service. */
export type BasicContainerStats = Pick<ContainerStats, 'name' | 'cpuUsage' | 'memoryUsage'>;

/** `GET /stats?view=full`: the whole sample, with its age. */
export interface FullStats {
  /** When the sample was taken, ISO 8601. */
  readonly sampledAt: string;
  /** How old the sample is. */
  readonly ageMs: number;
  /** How long docker took for it. */
  readonly durationMs: number;
  readonly containers: readonly ContainerStats[];
  readonly skipped: readonly SkippedRow[];
}

/** The three fields of the original service. */
export function basicView(containers: readonly ContainerStats[]): BasicContainerStats[] {
  return containers.map(({ name, cpuUsage, memoryUsage }) => ({ name, cpuUsage, memoryUsage }));
}

/** Everything that the sample tells of the given containers, and what it skipped; whole milliseconds. */
export function fullView(sample: StatsSample, containers: readonly ContainerStats[]): FullStats {
  return {
    sampledAt: sample.sampledAt.toISOString(),
    ageMs: Math.round(performance.now() - sample.sampledAtMonotonicMs),
    durationMs: Math.round(sample.durationMs),
    containers,
    skipped: sample.skipped,
  };
}
