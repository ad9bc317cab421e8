import type { ContainerStats, SkippedRow } from '../../sampling/stats-sample.js';

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
export function basicView({ name, cpuUsage, memoryUsage }: ContainerStats): BasicContainerStats {
  return { name, cpuUsage, memoryUsage };
}
