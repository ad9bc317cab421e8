import type { ReceivedStats } from './live-stats.js';

/** Figures are stale after so many usual distances of samples, but not before {@link MIN_STALE_MS}. */
const STALE_INTERVALS = 3;
const MIN_STALE_MS = 10_000;

/** The age of a sample in milliseconds, at a time of `Date.now()`. */
export function getAgeMs({ stats, receivedAtMs }: ReceivedStats, nowMs: number): number {
  return stats.ageMs + Math.max(0, nowMs - receivedAtMs);
}

/** Whether a sample of this age should have been replaced by a newer one. */
export function isOverdue(ageMs: number, usualIntervalMs: number): boolean {
  return ageMs > Math.max(MIN_STALE_MS, STALE_INTERVALS * usualIntervalMs);
}
