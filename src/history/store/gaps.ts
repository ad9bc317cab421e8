import type { TimeSlices } from '../../sampling/time-slices.js';
import type { Gap } from '../series/container-series.js';

/** A shorter pause is never a gap. */
export const MIN_GAP_MS = 10_000;

/** A gap is longer than so many usual distances. */
export const MIN_DISTANCES = 3;

/** How many distances before and after a pause show the usual distance. */
const NEIGHBOURS = 5;

/** Finds the gaps between samples, in their order. */
export async function findGaps(times: readonly number[], slices: TimeSlices): Promise<Gap[]> {
  const gaps: Gap[] = [];
  await slices.forEach(times.keys(), (end) => {
    const distance = getDistance(times, end);
    if (distance <= MIN_GAP_MS) return;
    const usualMs = findUsualDistance(times, end);
    if (usualMs !== undefined && distance > MIN_DISTANCES * usualMs) gaps.push({ end, usualMs });
  });
  return gaps;
}

/** Returns the median distance of the samples around a pause; `undefined` if there are no other samples. */
function findUsualDistance(times: readonly number[], end: number): number | undefined {
  const distances: number[] = [];
  const last = Math.min(end + NEIGHBOURS, times.length - 1);
  for (let n = Math.max(end - NEIGHBOURS, 1); n <= last; n++) {
    if (n !== end) distances.push(getDistance(times, n));
  }
  return distances.toSorted((a, b) => a - b)[Math.floor((distances.length - 1) / 2)];
}

/** Returns the distance to the sample before; 0 for the first one. */
function getDistance(times: readonly number[], n: number): number {
  return (times[n] ?? 0) - (times[n - 1] ?? times[n] ?? 0);
}
