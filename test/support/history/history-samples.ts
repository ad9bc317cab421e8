import type { ContainerStats } from 'docker-stats-client';
import type { StatsSample } from '../../../src/sampling/stats-sample.js';
import { PS_DETAILS, ROW_FIGURES } from '../docker/docker-rows.js';

/** A container with the figures of `row()`, some of them replaced. */
export function createContainer(id: string, values: Partial<ContainerStats> = {}): ContainerStats {
  return { id, name: `name-${id}`, ...PS_DETAILS, ...ROW_FIGURES, ...values };
}

/** A sample taken at this time. */
export function createSample(at: number, containers: readonly ContainerStats[]): StatsSample {
  return { sampledAt: new Date(at), sampledAtMonotonicMs: at, durationMs: 2000, containers, skipped: [] };
}
