import { MIN_DISTANCES, MIN_GAP_MS } from '../../../src/history/store/gaps.js';

/** The median time between samples, in milliseconds; `undefined` if there are less than two. */
export function getUsualDistance(times: readonly number[]): number | undefined {
  const distances = times.slice(1).map((time, n) => time - (times[n] ?? time));
  return distances.toSorted((a, b) => a - b)[Math.floor((distances.length - 1) / 2)];
}

/**
 * Returns the time of an empty sample between the last sample and the next one, if the pause between them is a gap by the rule
 * of the service.
 */
export function findGap(last: number, usualMs: number | undefined, next: number): number | undefined {
  if (usualMs === undefined) return undefined;
  return next - last > Math.max(MIN_GAP_MS, MIN_DISTANCES * usualMs) ? last + usualMs : undefined;
}
