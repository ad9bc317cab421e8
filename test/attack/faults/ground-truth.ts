import type { ContainerStats } from 'docker-stats-client';
import type { ShortLived } from '../../support/engines/churn.js';

/** When a container ran. A container that docker restarts after the fault is listed twice. */
export interface KnownContainer extends ShortLived {
  /** Whether a container with a known load can have these values. */
  readonly isPlausible?: (values: ContainerStats) => boolean;
}

/** When docker was down, in milliseconds of the wall clock. */
export interface Outage {
  /** Before this, no request may fail. */
  readonly startedAt: number;
  /** Between these two, docker cannot take a sample. */
  readonly downFrom: number;
  readonly downUntil: number;
  /** From here on, docker works and all containers run. */
  readonly recoveredAt: number;
}

/** The facts with which the responses of the service are compared. */
export interface GroundTruth {
  readonly containers: readonly KnownContainer[];
  readonly outage: Outage;
  /** The only code that an error response may have. */
  readonly errorCode: string;
  /** The oldest sample that the service may return. */
  readonly maxAgeMs: number;
  /** The longest time that the service may run docker for one sample, and so the longest wait of a request. */
  readonly maxRunMs: number;
}
